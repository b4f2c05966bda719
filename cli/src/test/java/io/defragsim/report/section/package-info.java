@NullMarked
package io.defragsim.report.section;

import org.jspecify.annotations.NullMarked;
