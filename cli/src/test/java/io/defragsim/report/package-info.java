/** What the tests of the reports share. */
@NullMarked
package io.defragsim.report;

import org.jspecify.annotations.NullMarked;
