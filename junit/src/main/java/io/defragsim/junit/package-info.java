/** Scenarios as tests of JUnit 5. */
@NullMarked
package io.defragsim.junit;

import org.jspecify.annotations.NullMarked;
