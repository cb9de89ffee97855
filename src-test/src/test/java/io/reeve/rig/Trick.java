package io.reeve.rig;

/** What is done to one message of a worker on its way. */
enum Trick {
  /** It goes on as it is. */
  PASS,
  /** It waits, and all behind it wait too. */
  HOLD,
  /** It alone waits, and is overtaken. */
  OVERTAKEN,
  /** It goes on twice. */
  TWICE,
  /** An earlier message of the same session follows it. */
  SAID_BEFORE,
  /** A message of another session, of this worker or another, follows it. */
  SAID_ELSEWHERE,
  /** Settlements of other batches and sessions, altered or not, travel with its own. */
  MORE_SETTLEMENTS,
  /** Nobody says it again, later and on a stream of its own, and listens to no answer: a hello. */
  GHOST
}
