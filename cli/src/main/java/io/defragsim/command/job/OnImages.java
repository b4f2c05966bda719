package io.defragsim.command.job;

import io.defragsim.report.LeftOut;
import java.util.List;

/**
 * A scenario on the images that it runs on.
 *
 * @param inputs in the order in which the images were asked for
 * @param leftOut the shipped images that were asked for by {@code all} and cannot run it
 */
public record OnImages(List<Input> inputs, List<LeftOut> leftOut) {
  public OnImages {
    inputs = List.copyOf(inputs);
    leftOut = List.copyOf(leftOut);
  }
}
