package io.reeve.journal;

/**
 * Stored bytes that this release must not interpret: they are damaged, or a newer release wrote
 * them. Never guess what they meant; the partition that meets them stops.
 */
public final class UnreadableJournalException extends RuntimeException {

  UnreadableJournalException(String message) {
    super(message);
  }

  UnreadableJournalException(String message, Throwable cause) {
    super(message, cause);
  }
}
