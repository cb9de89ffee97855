package io.reeve.edge.grpc;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection made of frames by hand (RFC 9113), for what no client library would do. */
final class RawHttp2 implements AutoCloseable {

  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GO_AWAY = 7;
  static final int ACK = 1;

  private static final int END_HEADERS = 4;
  private static final int CANCEL = 8;

  /** Names of HPACK's static table (RFC 7541, appendix A). */
  private static final int AUTHORITY = 1;

  private static final int PATH = 4;
  private static final int CONTENT_TYPE = 31;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  /** What came from the server. */
  record Frame(int type, int flags, int stream, byte[] payload) {}

  RawHttp2(InetSocketAddress server, Duration readTimeout) throws IOException {
    socket = new Socket(server.getAddress(), server.getPort());
    socket.setSoTimeout((int) readTimeout.toMillis());
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    send(SETTINGS, 0, 0, new byte[0]);
  }

  /** Opens a call of a method; its message is yet to come. */
  void open(int stream, String path) throws IOException {
    send(HEADERS, END_HEADERS, stream, request(path));
  }

  /** Opens a call of a method and takes it back at once. */
  void openAndReset(int stream, String path) throws IOException {
    open(stream, path);
    send(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(CANCEL).array());
  }

  void send(int type, int flags, int stream, byte[] payload) throws IOException {
    var frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) 0).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    out.write(frame.array());
  }

  /** The next frame, or null when the server has closed the connection. */
  @Nullable Frame next() throws IOException {
    try {
      var length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      var type = in.readUnsignedByte();
      var flags = in.readUnsignedByte();
      var stream = in.readInt();
      return new Frame(type, flags, stream, in.readNBytes(length));
    } catch (EOFException | SocketException closed) {
      return null;
    }
  }

  /** The next frame of a type, or null when the server closes the connection before it comes. */
  @Nullable Frame next(int type, int flags) throws IOException {
    var frame = next();
    while (frame != null && !(frame.type() == type && frame.flags() == flags)) {
      frame = next();
    }
    return frame;
  }

  private static byte[] request(String path) {
    var block = ByteBuffer.allocate(1024);
    block.put((byte) 0x83).put((byte) 0x86);
    literal(block, PATH, path);
    literal(block, AUTHORITY, "localhost");
    literal(block, CONTENT_TYPE, "application/grpc");
    var bytes = new byte[block.position()];
    block.flip().get(bytes);
    return bytes;
  }

  /** A value without indexing and without Huffman's code, under a name of the static table. */
  private static void literal(ByteBuffer block, int name, String value) {
    if (name < 15) {
      block.put((byte) name);
    } else {
      block.put((byte) 15).put((byte) (name - 15));
    }
    block.put((byte) value.length()).put(value.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
