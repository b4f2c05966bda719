/**
 * Reports for the terminal, made for 80 to 100 columns and readable without colour. The writer's
 * charset must be UTF-8: bars and boxes are drawn with block characters.
 */
@NullMarked
package io.defragsim.report.text;

import org.jspecify.annotations.NullMarked;
