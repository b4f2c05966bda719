package io.defragsim.emulator.system;

import io.defragsim.emulator.model.CoreKind;

/**
 * What stands around the core and keeps time: exceptions, SysTick, requests from outside, and the
 * registers of the system control space. Deterministic; belongs to one thread.
 */
public final class CoreSystem {
  private final ExceptionTable exceptions = new ExceptionTable();
  private final EventQueue events = new EventQueue();
  private final SysTick sysTick = new SysTick(this);
  private final SystemControlSpace space;

  private long now;
  private boolean eventRegister;
  private boolean sleepOnExit;
  private boolean sleepDeep;
  private boolean sevOnPend;
  private boolean resetRequested;
  private boolean stopRequested;
  private long stalled;
  private Runnable onTimeRead = () -> {};
  private int vectorTable;
  private int vectorsAtReset;

  public CoreSystem(CoreKind core, OutsideRequests outside) {
    space = new SystemControlSpace(this, core);
    outside.connect(this);
  }

  /** The state out of reset. Time goes on, and so do requests from outside. */
  public void reset() {
    exceptions.reset();
    sysTick.reset();
    eventRegister = false;
    sleepOnExit = false;
    sleepDeep = false;
    sevOnPend = false;
    resetRequested = false;
    vectorTable = vectorsAtReset;
  }

  public ExceptionTable exceptions() {
    return exceptions;
  }

  public SysTick sysTick() {
    return sysTick;
  }

  /** The registers that the program sees from 0xE000E000 on. */
  public SystemControlSpace space() {
    return space;
  }

  /** Where the vectors are (VTOR); as at reset on a core that cannot move them. */
  public int vectorTable() {
    return vectorTable;
  }

  /** Says where they are out of the next reset, as a boot ROM or loader would leave it; else 0. */
  public void setVectorsAtReset(int address) {
    vectorsAtReset = address;
  }

  void setVectorTable(int address) {
    vectorTable = address;
  }

  /** Cycles since the start. */
  public long now() {
    return now;
  }

  /** Sets the clock, while nothing runs. */
  public void setNow(long cycle) {
    now = cycle;
  }

  /** What is to happen while cycles pass. */
  public EventQueue events() {
    return events;
  }

  /** Lets cycles pass, with the events that are in them. */
  public void advance(long cycles) {
    long end = now + cycles;
    while (events.next() <= end) {
      now = Math.max(now, events.next());
      events.happen();
    }
    now = end;
  }

  /**
   * Lets up to {@code limit} cycles pass, and stops at the first at which an exception is due that
   * is more urgent than {@code priority}.
   *
   * @return the cycles that passed; all of {@code limit} if nothing became due before its end
   */
  public long advanceUntilDue(long limit, int priority) {
    long start = now;
    long end = start + limit;
    while (now < end && exceptions.dueOver(priority) == 0) {
      advance(Math.min(end - now, cyclesToEvent()));
    }
    return now - start;
  }

  /** Cycles until the next event; Long.MAX_VALUE for never. */
  public long cyclesToEvent() {
    return until(events.next());
  }

  /** Cycles until the next event that may request an exception; Long.MAX_VALUE for never. */
  public long cyclesToRequest() {
    return until(events.nextRequest());
  }

  private long until(long cycle) {
    return cycle == EventQueue.NEVER ? Long.MAX_VALUE : Math.max(0, cycle - now);
  }

  /** Makes an exception pending. With SCR.SEVONPEND that is an event. */
  public void request(int exception) {
    if (sevOnPend && !exceptions.isPending(exception)) {
      eventRegister = true;
    }
    exceptions.setPending(exception);
  }

  /** A peripheral holds the line of an exception high from now on, or lets it go. */
  public void setLine(int exception, boolean high) {
    if (exceptions.isHigh(exception) == high) {
      return;
    }
    exceptions.setHigh(exception, high);
    if (high) {
      request(exception);
    }
  }

  /** The event register, which WFE looks at and clears. */
  public boolean eventRegister() {
    return eventRegister;
  }

  public void setEventRegister(boolean event) {
    eventRegister = event;
  }

  /** SCR.SLEEPONEXIT: sleep when the last handler returns to Thread mode. */
  public boolean sleepOnExit() {
    return sleepOnExit;
  }

  void setSleepOnExit(boolean on) {
    sleepOnExit = on;
  }

  boolean sleepDeep() {
    return sleepDeep;
  }

  void setSleepDeep(boolean on) {
    sleepDeep = on;
  }

  boolean sevOnPend() {
    return sevOnPend;
  }

  void setSevOnPend(boolean on) {
    sevOnPend = on;
  }

  /** Whether the program has asked for a reset by AIRCR.SYSRESETREQ. */
  public boolean resetRequested() {
    return resetRequested;
  }

  void requestReset() {
    resetRequested = true;
  }

  /** Lets the instruction whose access is under way take so many cycles more. */
  public void stall(long cycles) {
    stalled += cycles;
  }

  /** What the instruction that is over was stalled by, once. */
  public long takeStall() {
    long cycles = stalled;
    stalled = 0;
    return cycles;
  }

  /** Tells {@code listener} when the program loads a register whose value depends on the cycle. */
  public void onTimeRead(Runnable listener) {
    onTimeRead = listener;
  }

  void timeRead() {
    onTimeRead.run();
  }

  /** Whether something beside the program wants the run to stop behind this instruction. */
  public boolean stopRequested() {
    return stopRequested;
  }

  /** Asks for that; whoever runs the core looks. It is never taken back. */
  public void requestStop() {
    stopRequested = true;
  }

  /** Whether WFI ends now: an exception is due, or would be if PRIMASK were clear (B1.5.19). */
  public boolean wakesFromWfi() {
    return exceptions.due(false) != 0;
  }

  /** Whether WFE ends now: an event, or an exception that is due (B1.5.18). */
  public boolean wakesFromWfe(boolean primask) {
    return eventRegister || exceptions.due(primask) != 0;
  }
}
