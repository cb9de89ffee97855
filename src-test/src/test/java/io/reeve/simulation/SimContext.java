package io.reeve.simulation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.internal.ActorContextImpl;
import org.apache.pekko.actor.typed.internal.TimerSchedulerCrossDslSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPLogger;
import scala.concurrent.duration.FiniteDuration;

/**
 * What a simulated actor sees of the world. Answers the few calls that the shells make, in virtual
 * time; any other is a mistake. A proxy, since Pekko's interface cannot be implemented in Java:
 * some of its methods return Scala's Nothing.
 */
final class SimContext<T> implements InvocationHandler {

  private static final ClassLoader LOADER = SimContext.class.getClassLoader();

  private final SimActor<T> actor;
  private final Timers<T> timers;
  private final TypedActorContext<T> proxy;
  private final Map<Class<?>, SimRef<?>> adapters = new HashMap<>();
  private final Map<Class<?>, org.apache.pekko.japi.function.Function<Object, Object>> functions =
      new HashMap<>();

  @SuppressWarnings("unchecked")
  SimContext(SimActor<T> actor) {
    this.actor = actor;
    this.timers = new Timers<>(actor);
    this.proxy =
        (TypedActorContext<T>)
            Proxy.newProxyInstance(LOADER, new Class<?>[] {ActorContextImpl.class}, this);
  }

  /** The context as Pekko knows it. */
  TypedActorContext<T> typed() {
    return proxy;
  }

  /** The adapter that the actor made for messages of this class. */
  @SuppressWarnings("unchecked")
  <U> SimRef<U> adapter(Class<U> messages) {
    return (SimRef<U>) Objects.requireNonNull(adapters.get(messages));
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, Object @Nullable [] args) {
    return switch (method.getName()) {
      case "asJava", "asScala" -> self;
      case "self", "getSelf" -> actor.ref;
      case "log", "getLog" -> NOPLogger.NOP_LOGGER;
      case "timer" -> timers;
      case "checkCurrentActorThread", "setLoggerName", "clearMdc", "onUnhandled" -> null;
      case "messageAdapter" -> adapt((Class<?>) arg(args, 0), arg(args, 1));
      case "spawnAnonymous" -> actor.spawn((Behavior<?>) arg(args, 0));
      case "watch" -> {
        ownerOf(arg(args, 0)).watchedBy(actor, null);
        yield null;
      }
      case "watchWith" -> {
        ownerOf(arg(args, 0)).watchedBy(actor, arg(args, 1));
        yield null;
      }
      case "unwatch" -> {
        ownerOf(arg(args, 0)).unwatchedBy(actor);
        yield null;
      }
      case "scheduleOnce" -> {
        var after = (java.time.Duration) arg(args, 0);
        actor.startTimer(new Object(), scheduled(arg(args, 2)), after.toNanos());
        yield null;
      }
      case "toString" -> actor.name;
      default -> throw new UnsupportedOperationException("not simulated: " + method);
    };
  }

  /** An actor has one adapter for a class, also after it started anew, with its last function. */
  @SuppressWarnings("unchecked")
  private SimRef<?> adapt(Class<?> messages, Object function) {
    functions.put(messages, (org.apache.pekko.japi.function.Function<Object, Object>) function);
    return adapters.computeIfAbsent(
        messages, type -> new SimRef<>(actor, message -> adapted(type, message)));
  }

  private Object adapted(Class<?> type, Object message) {
    try {
      return Objects.requireNonNull(functions.get(type)).apply(message);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** The shells have nothing but their own messages sent later. */
  @SuppressWarnings("unchecked")
  private T scheduled(Object message) {
    return (T) message;
  }

  private static SimActor<?> ownerOf(Object ref) {
    return ((SimRef<?>) ref).owner;
  }

  private static Object arg(Object @Nullable [] args, int at) {
    return Objects.requireNonNull(Objects.requireNonNull(args)[at]);
  }

  /** Single timers alone: the shells have no others. */
  private static final class Timers<T> implements TimerSchedulerCrossDslSupport<T> {

    private final SimActor<T> actor;

    Timers(SimActor<T> actor) {
      this.actor = actor;
    }

    @Override
    public void startSingleTimer(Object key, T message, java.time.Duration delay) {
      actor.startTimer(key, message, delay.toNanos());
    }

    @Override
    public void startSingleTimer(T message, java.time.Duration delay) {
      startSingleTimer(message, message, delay);
    }

    @Override
    public void startSingleTimer(Object key, T message, FiniteDuration delay) {
      actor.startTimer(key, message, delay.toNanos());
    }

    @Override
    public void startSingleTimer(T message, FiniteDuration delay) {
      actor.startTimer(message, message, delay.toNanos());
    }

    @Override
    public boolean isTimerActive(Object key) {
      return actor.isTimerActive(key);
    }

    @Override
    public void cancel(Object key) {
      actor.cancelTimer(key);
    }

    @Override
    public void cancelAll() {
      actor.cancelTimers();
    }

    @Override
    public void startTimerWithFixedDelay(Object key, T message, FiniteDuration delay) {
      throw repeating();
    }

    @Override
    public void startTimerWithFixedDelay(
        Object key, T message, FiniteDuration initial, FiniteDuration delay) {
      throw repeating();
    }

    @Override
    public void startTimerAtFixedRate(Object key, T message, FiniteDuration interval) {
      throw repeating();
    }

    @Override
    public void startTimerAtFixedRate(
        Object key, T message, FiniteDuration initial, FiniteDuration interval) {
      throw repeating();
    }

    @Override
    @Deprecated
    public void startPeriodicTimer(Object key, T message, FiniteDuration interval) {
      throw repeating();
    }

    private UnsupportedOperationException repeating() {
      return new UnsupportedOperationException("expected a single timer, got a repeating one");
    }
  }
}
