package io.reeve.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Rejection;
import io.reeve.partition.Clients;
import io.reeve.partition.Grants;
import io.reeve.partition.Leases;
import io.reeve.partition.Wire;
import io.reeve.wire.v1.Assigned;
import io.reeve.wire.v1.EndedLease;
import io.reeve.wire.v1.Failure;
import io.reeve.wire.v1.LeasesEnded;
import io.reeve.wire.v1.Listed;
import io.reeve.wire.v1.Profile;
import io.reeve.wire.v1.ReadyCount;
import io.reeve.wire.v1.Refused;
import io.reeve.wire.v1.Renew;
import io.reeve.wire.v1.Report;
import io.reeve.wire.v1.Settle;
import io.reeve.wire.v1.Settlement;
import io.reeve.wire.v1.Submit;
import io.reeve.wire.v1.TaskClass;
import io.reeve.wire.v1.Terms;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Nodes of different releases understand each other: a newer one may say more, an older one less.
 * Whatever else arrives is read or refused with its reason, and does nothing else.
 */
class ReleasesTalkTest {

  private static final long SEED = Long.getLong("seed", 1);
  private static final int MUTATIONS = 200;
  private static final int NEW_FIELD = 1_000;

  private final WireForms forms = new WireForms(NamedRef.REFS);

  // ---- A newer release says more ---------------------------------------------------------------

  @TestFactory
  Stream<DynamicTest> fieldsThatANewerReleaseAddsAreSkipped() {
    return samples(
        (form, message) -> {
          var bytes = form.bytes(message);
          var newer = withNewFields(parsed(form, bytes)).toByteArray();

          assertThat(newer).hasSizeGreaterThan(bytes.length);
          assertThat(WireReading.of(form, newer)).isEqualTo(WireReading.of(form, bytes));
        });
  }

  @Test
  void aManifestOfANewerReleaseIsRefused() {
    assertThatThrownBy(() -> forms.of("retry"))
        .isInstanceOf(UnreadableMessageException.class)
        .hasMessage("expected a known manifest, got retry: a newer release sent it");
  }

  @Test
  void aRefusalForANewReasonIsAFaultOfTheServer() throws Exception {
    var refused =
        Refused.newBuilder()
            .setRejection(
                io.reeve.wire.v1.Rejection.newBuilder().setCode(99).setMessage("too late"));

    assertThat(read("refused", refused))
        .isEqualTo(new Clients.Refused(new Rejection(Rejection.Code.INTERNAL, "too late")));
  }

  @Test
  void aFailureOfANewTypeIsAnError() throws Exception {
    var settlement =
        Settlement.newBuilder().setOutcome(1).setFailure(Failure.newBuilder().setType(99));
    var settle = Settle.newBuilder().addSettlements(settlement).setSession("s");

    assertThat(((Leases.Settle) read("settle", settle)).settlements().get(0).failure())
        .isEqualTo(new io.reeve.domain.task.Failure(FailureType.ERROR, "", ""));
  }

  @Test
  void aLeaseThatEndedForANewReasonIsLost() throws Exception {
    var ended = LeasesEnded.newBuilder().addLeases(EndedLease.newBuilder().setReason(99));

    assertThat(((Leases.LeasesEnded) read("leases-ended", ended)).leases())
        .extracting(Leases.EndedLease::reason)
        .containsExactly(Leases.EndReason.LEASE_LOST);
  }

  @Test
  void aLaneThatIsNotKnownIsNotGuessed() {
    var assigned =
        Assigned.newBuilder()
            .addTerms(Terms.newBuilder().setLane(7))
            .addSequenceDeltas(1)
            .addFences(1)
            .addAttempts(1)
            .addSubmittedAtDeltasMs(1)
            .addSpecs(ByteString.EMPTY);

    assertThatThrownBy(() -> read("assigned", assigned))
        .isInstanceOf(UnreadableMessageException.class)
        .hasMessage("expected a known lane, got 7: a newer release sent it");
  }

  // ---- An older release says less --------------------------------------------------------------

  @TestFactory
  Stream<DynamicTest> aFieldThatIsAbsentIsReadOrRefused() {
    return samples(
        (form, message) -> {
          var whole = parsed(form, form.bytes(message));
          for (var field : whole.getAllFields().keySet()) {
            var less = whole.toBuilder().clearField(field).build().toByteArray();

            readsOrRefuses(form, less, field.getName());
          }
        });
  }

  @Test
  void aRenewalNeedNotNameItsSession() throws Exception {
    var renew = Renew.newBuilder().setHolder("h-1").setSessionNo(2);

    assertThat(read("renew", renew)).isEqualTo(new Leases.Renew("h-1", 2, null));
  }

  @Test
  void aClassWithoutAPriorityIsOfNormalPriority() throws Exception {
    var count = ReadyCount.newBuilder().setTaskClass(TaskClass.newBuilder().setQueue("mail"));

    assertThat(((Grants.Report) read("report", Report.newBuilder().addReady(count))).ready())
        .extracting(ready -> ready.taskClass().priority())
        .containsExactly(Priority.NORMAL);
  }

  @Test
  void aPageWithoutANextOneIsTheLast() throws Exception {
    assertThat(((Clients.Listed) read("listed", Listed.newBuilder())).next()).isEqualTo(-1);
  }

  @Test
  void columnsThatSayNothingMayBeAbsent() throws Exception {
    var submit =
        Submit.newBuilder()
            .addProfiles(Profile.newBuilder().setAttemptsMax(1).setBackoffMultiplier(1))
            .addSpecs(ByteString.copyFromUtf8("one"))
            .addSpecs(ByteString.copyFromUtf8("two"))
            .setReplyTo("client");

    var tasks = ((Clients.Submit) read("submit", submit)).tasks();

    assertThat(tasks).hasSize(2);
    assertThat(tasks).extracting(Clients.NewTask::delayMs).containsOnly(0L);
    assertThat(tasks.get(0).profile()).isSameAs(tasks.get(1).profile());
  }

  @Test
  void columnsOfUnequalLengthAreRefused() {
    var assigned = Assigned.newBuilder().addSequenceDeltas(1).addFences(1).addFences(2);

    assertThatThrownBy(() -> read("assigned", assigned))
        .isInstanceOf(UnreadableMessageException.class)
        .hasMessage("expected 1 entries of fences, got 2");
  }

  @Test
  void anIndexBeyondTheTableIsRefused() {
    var submit = Submit.newBuilder().addSpecs(ByteString.EMPTY).addProfile(3);

    assertThatThrownBy(() -> read("submit", submit))
        .isInstanceOf(UnreadableMessageException.class)
        .hasMessage("expected an index below 0, got 3");
  }

  @Test
  void whoAsksHasToSayWhomToAnswer() {
    assertThatThrownBy(() -> read("get", io.reeve.wire.v1.Get.newBuilder().setSequence(3)))
        .isInstanceOf(UnreadableMessageException.class)
        .hasMessage("expected a reference to an actor, got none");
  }

  // ---- Damage ----------------------------------------------------------------------------------

  @TestFactory
  Stream<DynamicTest> damagedBytesAreReadOrRefused() {
    var random = new Random(SEED);
    return samples(
        (form, message) -> {
          for (var round = 0; round < MUTATIONS; round++) {
            var damaged = damaged(form.bytes(message), random);

            readsOrRefuses(form, damaged, "seed %d, round %d".formatted(SEED, round));
          }
        });
  }

  @Test
  void otherBytesAreRefusedByTheNameOfTheMessage() {
    assertThatThrownBy(() -> forms.of("submit").message(new byte[] {1}))
        .isInstanceOf(UnreadableMessageException.class)
        .hasMessage("expected a message with manifest submit, got other bytes")
        .hasCauseInstanceOf(InvalidProtocolBufferException.class);
  }

  @Test
  void valuesThatNoMessageHasAreRefused() {
    var submit = Submit.newBuilder().addProfiles(Profile.newBuilder().setAttemptsMax(0));

    assertThatThrownBy(() -> read("submit", submit))
        .isInstanceOf(UnreadableMessageException.class)
        .hasMessage("expected a message with manifest submit, got values that it cannot have")
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  // ---- How it is asked -------------------------------------------------------------------------

  @FunctionalInterface
  private interface Check {
    void check(Form<?, ?> form, Wire message) throws Exception;
  }

  private Stream<DynamicTest> samples(Check check) {
    return WireSamples.all().entrySet().stream()
        .map(
            sample ->
                DynamicTest.dynamicTest(
                    sample.getKey(),
                    () -> check.check(forms.of(sample.getValue()), sample.getValue())));
  }

  private Object read(String manifest, Message.Builder written) throws UnreadableMessageException {
    return forms.of(manifest).message(written.build().toByteArray());
  }

  private static void readsOrRefuses(Form<?, ?> form, byte[] bytes, String what) {
    try {
      assertThat(form.message(bytes)).isNotNull();
    } catch (UnreadableMessageException refused) {
      assertThat(refused).as(what).hasMessageStartingWith("expected ");
    }
  }

  private static Message parsed(Form<?, ?> form, byte[] bytes)
      throws InvalidProtocolBufferException {
    return (Message) form.parser().parseFrom(bytes);
  }

  /** The same with one more field in each message of it. */
  private static Message withNewFields(Message message) {
    var newer = message.toBuilder();
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      var field = entry.getKey();
      if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      if (field.isRepeated()) {
        for (var i = 0; i < message.getRepeatedFieldCount(field); i++) {
          newer.setRepeatedField(
              field, i, withNewFields((Message) message.getRepeatedField(field, i)));
        }
      } else {
        newer.setField(field, withNewFields((Message) entry.getValue()));
      }
    }
    return newer
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(NEW_FIELD, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build())
        .build();
  }

  /** Cut, flipped or overwritten somewhere. */
  private static byte[] damaged(byte[] whole, Random random) {
    if (whole.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    var bytes = whole.clone();
    var at = random.nextInt(bytes.length);
    switch (random.nextInt(3)) {
      case 0 -> bytes = Arrays.copyOf(bytes, at);
      case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      default -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
    }
    return bytes;
  }
}
