/** Words for people, and what the words of others become before they stand among them. */
@org.jspecify.annotations.NullMarked
package io.defragsim.words;
