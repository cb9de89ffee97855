package io.reeve.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EndpointTest {

  @Test
  void namesAndAddressesAreRead() {
    assertThat(Endpoint.parseAll("127.0.0.1:7460, reeve.example.org:80,[::1]:7460"))
        .containsExactly(
            new Endpoint("127.0.0.1", 7460),
            new Endpoint("reeve.example.org", 80),
            new Endpoint("::1", 7460));
    assertThat(new Endpoint("::1", 7460)).hasToString("[::1]:7460");
  }

  @Test
  void aHostAloneStandsForTheDefaultPort() {
    assertThat(Endpoint.parseAll("localhost,[::1]"))
        .containsExactly(new Endpoint("localhost", 7460), new Endpoint("::1", 7460));
  }

  @Test
  void whatIsNoEndpointIsRefused() {
    assertThatThrownBy(() -> Endpoint.parse("::1:7460"))
        .hasMessage("expected host:port, got '::1:7460'");
    assertThatThrownBy(() -> Endpoint.parse("a:b")).hasMessage("expected host:port, got 'a:b'");
    assertThatThrownBy(() -> Endpoint.parse("a:0"))
        .hasMessage("expected a port of 1 to 65535, got 0");
    assertThatThrownBy(() -> Endpoint.parse("a:99999999999"))
        .hasMessage("expected host:port, got 'a:99999999999'");
    assertThatThrownBy(() -> Endpoint.parse("[a:1")).hasMessage("expected host:port, got '[a:1'");
    assertThatThrownBy(() -> Endpoint.parseAll("")).hasMessage("expected host:port, got ''");
  }
}
