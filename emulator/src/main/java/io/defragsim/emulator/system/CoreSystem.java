package io.defragsim.emulator.system;

import io.defragsim.emulator.model.CoreKind;

/**
 * What stands around the core and keeps time: exceptions, SysTick, requests from outside, and the
 * registers of the system control space. Deterministic; belongs to one thread.
 */
public final class CoreSystem {
  private final ExceptionTable exceptions = new ExceptionTable();
  private final SysTick sysTick = new SysTick();
  private final OutsideRequests outside;
  private final SystemControlSpace space;

  private long now;
  private boolean eventRegister;
  private boolean sleepOnExit;
  private boolean sevOnPend;
  private boolean resetRequested;
  private int vectorTable;

  public CoreSystem(CoreKind core, OutsideRequests outside) {
    space = new SystemControlSpace(this, core);
    this.outside = outside;
  }

  /** The state out of reset. Time goes on, and so do requests from outside. */
  public void reset() {
    exceptions.reset();
    sysTick.reset();
    eventRegister = false;
    sleepOnExit = false;
    sevOnPend = false;
    resetRequested = false;
    vectorTable = 0;
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

  /** Where the vectors are (VTOR); 0 on a core that cannot move them. */
  public int vectorTable() {
    return vectorTable;
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

  /** Lets cycles pass: the timer counts, and what is requested in them becomes pending. */
  public void advance(long cycles) {
    long end = now + cycles;
    while (outside.nextCycle() <= end) {
      long step = Math.max(0, outside.nextCycle() - now);
      tick(step);
      request(outside.take());
    }
    tick(end - now);
  }

  /**
   * Lets up to {@code limit} cycles pass, and stops at the first at which an exception is due.
   *
   * @return the cycles that passed; all of {@code limit} if nothing became due before its end
   */
  public long advanceUntilDue(long limit, boolean primask) {
    long start = now;
    long end = start + limit;
    while (now < end && exceptions.due(primask) == 0) {
      advance(Math.min(end - now, cyclesToEvent()));
    }
    return now - start;
  }

  /** Cycles until the next request, of the timer or from outside; Long.MAX_VALUE for never. */
  public long cyclesToEvent() {
    long next = outside.nextCycle();
    long untilOutside = next == Long.MAX_VALUE ? next : Math.max(0, next - now);
    return Math.min(untilOutside, sysTick.cyclesToRequest());
  }

  private void tick(long cycles) {
    if (sysTick.advance(cycles)) {
      request(ExceptionNumber.SYSTICK);
    }
    now += cycles;
  }

  /** Makes an exception pending. With SCR.SEVONPEND that is an event. */
  public void request(int exception) {
    if (sevOnPend && !exceptions.isPending(exception)) {
      eventRegister = true;
    }
    exceptions.setPending(exception);
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

  /** Whether WFI ends now: an exception is due, or would be if PRIMASK were clear (B1.5.19). */
  public boolean wakesFromWfi() {
    return exceptions.due(false) != 0;
  }

  /** Whether WFE ends now: an event, or an exception that is due (B1.5.18). */
  public boolean wakesFromWfe(boolean primask) {
    return eventRegister || exceptions.due(primask) != 0;
  }
}
