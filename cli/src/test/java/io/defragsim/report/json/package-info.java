@NullMarked
package io.defragsim.report.json;

import org.jspecify.annotations.NullMarked;
