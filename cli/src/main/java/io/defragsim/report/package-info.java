/**
 * What reports are made of: what a command ran, with what it is judged by. Nothing in this package
 * and those below runs anything, and nothing depends on the machine, its clock or its locale.
 */
@NullMarked
package io.defragsim.report;

import org.jspecify.annotations.NullMarked;
