package io.defragsim.report;

import io.defragsim.emulator.exec.Profile;
import io.defragsim.lab.recording.Recording;
import io.defragsim.lab.result.RunResult;

/**
 * A run with what pictures of it need besides.
 *
 * @param profile where its cycles went
 */
public record Recorded(RunResult result, Recording recording, Profile profile) {

  /** The same with fewer moments, or as many if no more can go. */
  public Recorded thinned() {
    return new Recorded(result, recording.thinned(), profile);
  }
}
