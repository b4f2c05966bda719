package io.defragsim.lab.guarantee.check;

import java.util.Arrays;
import java.util.List;

/** What a program does between the steps of a wait. */
enum Strategy {
  ANYTHING("random calls", "Calls at random come between the steps."),
  OTHER_SIZES("other sizes", "Smaller requests come in turn with the one that waits."),
  STEAL("steal", "The hole that is being gathered is taken, and as much is freed further down."),
  BREAK("break what serves", "Neighbours are freed, and taken before a step can answer."),
  PULL_BACK("pull back", "Blocks at the place that the steps have come to are freed and taken."),
  FREE_MOVING("free what moves", "Blocks are freed while they move."),
  LOCK_MOVING("lock what moves", "A handler locks blocks while they move."),
  LOCK_AHEAD("wandering locks", "Locks go to blocks that the steps are about to reach."),
  SHRINK("resize", "Blocks are made smaller where the steps have come to."),
  UNLOCK("unlock elsewhere", "A handler locks and unlocks other blocks before each step."),
  ALL("all of it", "All that is done in turn.");

  /** All but the last, which is all of them. */
  static final List<Strategy> EACH =
      Arrays.stream(values()).filter(strategy -> strategy != ALL).toList();

  private final String title;
  private final String what;

  Strategy(String title, String what) {
    this.title = title;
    this.what = what;
  }

  String title() {
    return title;
  }

  /** In a sentence. */
  String what() {
    return what;
  }
}
