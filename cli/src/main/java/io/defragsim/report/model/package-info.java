/**
 * A report as data: sections of sentences, facts, tables and charts, made once of a result. {@link
 * io.defragsim.report.text}, {@link io.defragsim.report.html} and {@link io.defragsim.report.ci}
 * write them, each in its own punctuation. All texts may hold anything, for names come from files
 * of users: who writes a text makes it printable and escapes it.
 */
@NullMarked
package io.defragsim.report.model;

import org.jspecify.annotations.NullMarked;
