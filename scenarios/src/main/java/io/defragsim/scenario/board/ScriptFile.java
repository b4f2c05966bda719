package io.defragsim.scenario.board;

import io.defragsim.emulator.exec.Script;
import java.util.List;

/**
 * What a script file says.
 *
 * @param description empty if it has none
 * @param steps with their times in cycles
 */
public record ScriptFile(String description, List<Script.Step> steps) {
  public ScriptFile {
    steps = List.copyOf(steps);
  }
}
