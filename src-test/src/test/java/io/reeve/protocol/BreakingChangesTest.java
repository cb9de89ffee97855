package io.reeve.protocol;

import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label.LABEL_OPTIONAL;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label.LABEL_REPEATED;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_BYTES;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_INT32;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_INT64;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_MESSAGE;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_STRING;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import io.reeve.protocol.BreakingChanges.Promise;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each kind of break is found in a made-up protocol, and each kind of addition is let through. */
class BreakingChangesTest {

  /**
   * Made up: a parcel with id (1), weight (2), one of box (4) and tube (5), stamps (6, repeated),
   * and number 9 reserved; a colour; a post office.
   */
  private static final FileDescriptorProto POST =
      FileDescriptorProto.newBuilder()
          .setName("post.proto")
          .setPackage("post.v1")
          .addMessageType(
              DescriptorProto.newBuilder()
                  .setName("Parcel")
                  .addField(field("id", 1, TYPE_STRING))
                  .addField(field("weight", 2, TYPE_INT32))
                  .addField(field("box", 4, TYPE_STRING).setOneofIndex(0))
                  .addField(field("tube", 5, TYPE_STRING).setOneofIndex(0))
                  .addField(field("stamps", 6, TYPE_INT32).setLabel(LABEL_REPEATED))
                  .addOneofDecl(OneofDescriptorProto.newBuilder().setName("form"))
                  .addReservedRange(
                      DescriptorProto.ReservedRange.newBuilder().setStart(9).setEnd(10))
                  .addReservedName("sender")
                  .addNestedType(DescriptorProto.newBuilder().setName("Label")))
          .addEnumType(
              EnumDescriptorProto.newBuilder()
                  .setName("Colour")
                  .addValue(value("COLOUR_UNSPECIFIED", 0))
                  .addValue(value("COLOUR_RED", 1)))
          .addService(
              ServiceDescriptorProto.newBuilder()
                  .setName("Office")
                  .addMethod(
                      MethodDescriptorProto.newBuilder()
                          .setName("Send")
                          .setInputType(".post.v1.Parcel")
                          .setOutputType(".post.v1.Parcel")
                          .setServerStreaming(true)))
          .build();

  @Test
  void nothingChangedBreaksNothing() {
    assertThat(breaks(post -> {})).isEmpty();
  }

  @Nested
  class LetThrough {

    @Test
    void aNewField() {
      assertThat(breaks(post -> parcel(post).addField(field("note", 7, TYPE_STRING)))).isEmpty();
    }

    @Test
    void aNewMemberOfAOneof() {
      assertThat(
              breaks(post -> parcel(post).addField(field("bag", 8, TYPE_STRING).setOneofIndex(0))))
          .isEmpty();
    }

    @Test
    void aNewMessageEnumValueServiceAndRpc() {
      assertThat(
              breaks(
                  post -> {
                    post.addMessageTypeBuilder().setName("Letter");
                    post.getEnumTypeBuilder(0).addValue(value("COLOUR_BLUE", 2));
                    post.addServiceBuilder().setName("Depot");
                    post.getServiceBuilder(0).addMethodBuilder().setName("Track");
                  }))
          .isEmpty();
    }

    @Test
    void fieldsInAnotherOrder() {
      assertThat(
              breaks(
                  post -> {
                    var id = parcel(post).getField(0);
                    parcel(post).removeField(0).addField(id);
                  }))
          .isEmpty();
    }

    @Test
    void aMessageMovedToAnotherFile() {
      var letters = FileDescriptorProto.newBuilder().setName("more.proto").setPackage("post.v1");
      letters.addAllMessageType(POST.getMessageTypeList());
      var rest = POST.toBuilder().clearMessageType();
      var split = FileDescriptorSet.newBuilder().addFile(letters).addFile(rest).build();

      assertThat(BreakingChanges.between(set(POST), split, Promise.WIRE_AND_JSON)).isEmpty();
    }
  }

  @Nested
  class Found {

    @Test
    void aRemovedMessage() {
      assertThat(breaks(FileDescriptorProto.Builder::clearMessageType))
          .contains("message post.v1.Parcel: expected it to stay, got none")
          .contains("message post.v1.Parcel.Label: expected it to stay, got none");
    }

    @Test
    void aRemovedField() {
      assertThat(breaks(post -> parcel(post).removeField(1)))
          .containsExactly("field of post.v1.Parcel with number 2: expected it to stay, got none");
    }

    @Test
    void aRenamedField() {
      assertThat(breaks(post -> parcel(post).getFieldBuilder(1).setName("mass")))
          .containsExactly("field post.v1.Parcel.weight (2), name: expected weight, got mass");
    }

    @Test
    void anotherNameInJson() {
      assertThat(breaks(post -> parcel(post).getFieldBuilder(1).setJsonName("mass")))
          .containsExactly("field post.v1.Parcel.weight (2), JSON name: expected weight, got mass");
    }

    @Test
    void aRenumberedField() {
      assertThat(breaks(post -> parcel(post).getFieldBuilder(1).setNumber(3)))
          .containsExactly("field of post.v1.Parcel with number 2: expected it to stay, got none");
    }

    @Test
    void anotherType() {
      assertThat(breaks(post -> parcel(post).getFieldBuilder(1).setType(TYPE_INT64)))
          .containsExactly("field post.v1.Parcel.weight (2), type: expected int32, got int64");
    }

    @Test
    void anotherTypeWithTheSameBytes() {
      assertThat(breaks(post -> parcel(post).getFieldBuilder(0).setType(TYPE_BYTES)))
          .containsExactly("field post.v1.Parcel.id (1), type: expected string, got bytes");
    }

    @Test
    void anotherMessageAsType() {
      assertThat(
              breaks(
                  post ->
                      parcel(post)
                          .getFieldBuilder(0)
                          .setType(TYPE_MESSAGE)
                          .setTypeName(".post.v1.Parcel.Label")))
          .containsExactly(
              "field post.v1.Parcel.id (1), type: expected string, got post.v1.Parcel.Label");
    }

    @Test
    void oneBecomingMany() {
      assertThat(breaks(post -> parcel(post).getFieldBuilder(1).setLabel(LABEL_REPEATED)))
          .containsExactly(
              "field post.v1.Parcel.weight (2), label: expected LABEL_OPTIONAL, got LABEL_REPEATED");
    }

    @Test
    void presenceThatWasNotThere() {
      assertThat(breaks(post -> parcel(post).getFieldBuilder(1).setProto3Optional(true)))
          .containsExactly(
              "field post.v1.Parcel.weight (2), explicit presence: expected false, got true");
    }

    @Test
    void aFieldMovedOutOfItsOneof() {
      assertThat(breaks(post -> parcel(post).getFieldBuilder(2).clearOneofIndex()))
          .containsExactly("field post.v1.Parcel.box (4), oneof: expected form, got none");
    }

    @Test
    void aFieldMovedIntoAOneof() {
      assertThat(breaks(post -> parcel(post).getFieldBuilder(1).setOneofIndex(0)))
          .containsExactly("field post.v1.Parcel.weight (2), oneof: expected none, got form");
    }

    @Test
    void anotherPacking() {
      assertThat(
              breaks(post -> parcel(post).getFieldBuilder(4).getOptionsBuilder().setPacked(false)))
          .containsExactly("field post.v1.Parcel.stamps (6), packing: expected default, got false");
    }

    @Test
    void aReservationGivenUp() {
      assertThat(breaks(post -> parcel(post).clearReservedRange().clearReservedName()))
          .hasSize(2)
          .anyMatch(it -> it.startsWith("reserved numbers of post.v1.Parcel: expected"))
          .contains("reserved names of post.v1.Parcel: expected [sender], got []");
    }

    @Test
    void aRemovedEnumAndEnumValue() {
      assertThat(breaks(FileDescriptorProto.Builder::clearEnumType))
          .containsExactly("enum post.v1.Colour: expected it to stay, got none");
      assertThat(breaks(post -> post.getEnumTypeBuilder(0).removeValue(1)))
          .containsExactly("value of post.v1.Colour COLOUR_RED: expected it to stay, got none");
    }

    @Test
    void aRenamedAndARenumberedEnumValue() {
      assertThat(breaks(post -> post.getEnumTypeBuilder(0).getValueBuilder(1).setName("COLOUR_R")))
          .containsExactly("value of post.v1.Colour COLOUR_RED: expected it to stay, got none");
      assertThat(breaks(post -> post.getEnumTypeBuilder(0).getValueBuilder(1).setNumber(7)))
          .containsExactly("number of post.v1.Colour.COLOUR_RED: expected 1, got 7");
    }

    @Test
    void aRemovedServiceAndRpc() {
      assertThat(breaks(FileDescriptorProto.Builder::clearService))
          .containsExactly("service post.v1.Office: expected it to stay, got none");
      assertThat(breaks(post -> post.getServiceBuilder(0).clearMethod()))
          .containsExactly("rpc of post.v1.Office Send: expected it to stay, got none");
    }

    @Test
    void anRpcWithOtherMessagesOrStreams() {
      assertThat(
              breaks(
                  post ->
                      post.getServiceBuilder(0)
                          .getMethodBuilder(0)
                          .setInputType(".post.v1.Letter")
                          .setOutputType(".post.v1.Receipt")
                          .setClientStreaming(true)
                          .setServerStreaming(false)))
          .containsExactly(
              "rpc post.v1.Office.Send, request: expected .post.v1.Parcel, got .post.v1.Letter",
              "rpc post.v1.Office.Send, response: expected .post.v1.Parcel, got .post.v1.Receipt",
              "rpc post.v1.Office.Send, client streaming: expected false, got true",
              "rpc post.v1.Office.Send, server streaming: expected true, got false");
    }
  }

  @Nested
  class WhatIsStored {

    @Test
    void takesNoNewFieldInAGapOfTheNumbers() {
      Consumer<FileDescriptorProto.Builder> intoTheGap =
          post -> parcel(post).addField(field("note", 3, TYPE_STRING));

      assertThat(breaks(intoTheGap)).isEmpty();
      assertThat(breaks(intoTheGap, Promise.STORED_FOR_EVER))
          .containsExactly("new field post.v1.Parcel.note: expected a number above 6, got 3");
    }

    @Test
    void takesNoNewFieldBehindItsChecksum() {
      var sealed = POST.toBuilder();
      parcel(sealed).addField(field("crc32c", 15, TYPE_INT32));
      var before = sealed.build();
      parcel(sealed).addField(field("note", 14, TYPE_STRING));
      var inFront = sealed.build();
      parcel(sealed).addField(field("late", 16, TYPE_STRING));

      assertThat(BreakingChanges.between(set(before), set(inFront), Promise.STORED_FOR_EVER))
          .isEmpty();
      assertThat(BreakingChanges.between(set(before), set(sealed.build()), Promise.STORED_FOR_EVER))
          .containsExactly(
              "new field post.v1.Parcel.late: expected a number below that of crc32c, 15, got 16");
    }

    @Test
    void takesNewFieldsBehindTheOthers() {
      assertThat(
              breaks(
                  post -> parcel(post).addField(field("note", 7, TYPE_STRING)),
                  Promise.STORED_FOR_EVER))
          .isEmpty();
    }
  }

  private static List<String> breaks(Consumer<FileDescriptorProto.Builder> change) {
    return breaks(change, Promise.WIRE_AND_JSON);
  }

  private static List<String> breaks(
      Consumer<FileDescriptorProto.Builder> change, Promise promise) {
    var changed = POST.toBuilder();
    change.accept(changed);
    return BreakingChanges.between(set(POST), set(changed.build()), promise);
  }

  private static FileDescriptorSet set(FileDescriptorProto file) {
    return FileDescriptorSet.newBuilder().addFile(file).build();
  }

  private static DescriptorProto.Builder parcel(FileDescriptorProto.Builder post) {
    return post.getMessageTypeBuilder(0);
  }

  private static FieldDescriptorProto.Builder field(
      String name, int number, FieldDescriptorProto.Type type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setJsonName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(LABEL_OPTIONAL);
  }

  private static EnumValueDescriptorProto.Builder value(String name, int number) {
    return EnumValueDescriptorProto.newBuilder().setName(name).setNumber(number);
  }
}
