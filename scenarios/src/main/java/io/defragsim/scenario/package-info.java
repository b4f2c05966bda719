/** What a scenario says, and how its quantities are written, in a file as on a command line. */
@NullMarked
package io.defragsim.scenario;

import org.jspecify.annotations.NullMarked;
