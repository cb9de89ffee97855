package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdvertisedTest {

  @ParameterizedTest
  @CsvSource({
    "crane.example:80, 127.0.0.1, crane.example:80",
    "'',               127.0.0.1, 127.0.0.1:7460",
    "'',               0.0.0.0,   192.0.2.7:7460",
    "'',               ::1,       [0:0:0:0:0:0:0:1]:7460",
  })
  void theOperatorsWordWinsOverWhereItListens(String setting, String bound, String expected)
      throws UnknownHostException {
    var address = new InetSocketAddress(InetAddress.getByName(bound), 7460);

    assertThat(Advertised.endpoint(setting, address, "192.0.2.7")).isEqualTo(expected);
  }
}
