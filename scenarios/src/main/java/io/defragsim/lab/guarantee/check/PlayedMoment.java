package io.defragsim.lab.guarantee.check;

import io.defragsim.lab.guarantee.check.PromisedHeap.Held;
import io.defragsim.lab.play.HeapPlayer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The state of a {@link PromisedHeap}, to go back to. */
record PlayedMoment(
    HeapPlayer.State state,
    List<Held> held,
    long alive,
    int locked,
    @Nullable Waiting waiting,
    boolean alone,
    Set<Integer> obstacles,
    int pending,
    int refused,
    int locksRefused) {}
