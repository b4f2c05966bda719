/** What machines that run jobs read of a command: JUnit XML, Markdown, annotations on GitHub. */
@NullMarked
package io.defragsim.report.ci;

import org.jspecify.annotations.NullMarked;
