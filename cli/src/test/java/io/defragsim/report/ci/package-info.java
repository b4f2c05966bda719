@NullMarked
package io.defragsim.report.ci;

import org.jspecify.annotations.NullMarked;
