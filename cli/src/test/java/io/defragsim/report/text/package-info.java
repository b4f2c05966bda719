@NullMarked
package io.defragsim.report.text;

import org.jspecify.annotations.NullMarked;
