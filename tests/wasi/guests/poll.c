/* poll_oneoff, and the streams of the program. The host passes `hello stdin` to read. */
#include "check.h"

enum { ABSOLUTE = 1, SECOND = 1000000000 };

static event_t events[2000];
static uint32_t count;

static subscription_t clock_of(uint64_t userdata, uint32_t id, uint64_t timeout, uint16_t flags) {
  subscription_t subscription = {.userdata = userdata, .type = CLOCK};
  subscription.u.clock.id = id;
  subscription.u.clock.timeout = timeout;
  subscription.u.clock.flags = flags;
  return subscription;
}

static subscription_t ready(uint64_t userdata, uint8_t type, uint32_t fd) {
  subscription_t subscription = {.userdata = userdata, .type = type};
  subscription.u.fd = fd;
  return subscription;
}

static int32_t poll_one(subscription_t subscription) {
  count = 77;
  memset(events, 0x5a, sizeof events);
  return raw_poll_oneoff(&subscription, events, 1, &count);
}

/* One subscription gives one event without an error. */
static void happens(subscription_t subscription) {
  OK(poll_one(subscription));
  CHECK(count == 1 && events[0].userdata == subscription.userdata && events[0].error == SUCCESS);
  CHECK(events[0].type == subscription.type);
}

static uint64_t now(uint32_t clock) {
  uint64_t time = 0;
  OK(raw_clock_time_get(clock, 0, &time));
  return time;
}

static void sleeping(void) {
  CASE("poll_oneoff sleeps until a clock has moved on");
  for (uint32_t id = REALTIME; id <= MONOTONIC; id++) {
    uint64_t before = now(MONOTONIC);
    happens(clock_of(UINT64_MAX - id, id, 1000000, 0));
    CHECK(now(MONOTONIC) >= before + 1000000);
  }

  CASE("poll_oneoff returns at once for a time that has passed");
  happens(clock_of(1, MONOTONIC, 0, 0));
  happens(clock_of(2, MONOTONIC, 0, ABSOLUTE));
  happens(clock_of(3, REALTIME, 0, ABSOLUTE));
  happens(clock_of(4, REALTIME, 0, 0));
  happens(clock_of(5, MONOTONIC, now(MONOTONIC), ABSOLUTE));

  CASE("poll_oneoff sleeps until an absolute time");
  for (uint32_t id = REALTIME; id <= MONOTONIC; id++) {
    uint64_t until = now(id) + 1000000;
    happens(clock_of(6, id, until, ABSOLUTE));
    CHECK(id == REALTIME || now(id) >= until);
  }

  CASE("poll_oneoff with several clocks returns when the first is due");
  subscription_t subscriptions[3] = {
      clock_of(1, MONOTONIC, (uint64_t)3600 * SECOND, 0),
      clock_of(2, MONOTONIC, 1000, 0),
      clock_of(3, REALTIME, UINT64_MAX, ABSOLUTE),
  };
  OK(raw_poll_oneoff(subscriptions, events, 3, &count));
  CHECK(count == 1 && events[0].userdata == 2);

  CASE("poll_oneoff of a clock for processor time works or says that it isn't supported");
  for (uint32_t id = PROCESS_CPUTIME; id <= THREAD_CPUTIME; id++) {
    int32_t code = poll_one(clock_of(1, id, 0, 0));
    GIVES(code == SUCCESS ? events[0].error : code, SUCCESS, INVAL, BADF, NOTSUP);
  }
}

static void descriptors(void) {
  CASE("poll_oneoff says that streams and files are ready");
  uint32_t fd = new_file("polled", "text");
  happens(ready(10, FD_READ, fd));
  CHECK(events[0].bytes > 0);
  happens(ready(11, FD_WRITE, fd));
  happens(ready(12, FD_READ, 0));
  CHECK(events[0].bytes > 0);
  happens(ready(13, FD_WRITE, 1));
  happens(ready(14, FD_WRITE, 2));

  CASE("poll_oneoff tells how many bytes of a file can be read");
  happens(ready(15, FD_READ, fd));
  CHECK(events[0].bytes == 4);

  CASE("poll_oneoff gives the events that are ready, not those that aren't");
  subscription_t subscriptions[3] = {
      clock_of(1, MONOTONIC, (uint64_t)3600 * SECOND, 0),
      ready(2, FD_WRITE, 1),
      ready(3, FD_READ, fd),
  };
  OK(raw_poll_oneoff(subscriptions, events, 3, &count));
  CHECK(count >= 1 && count <= 2);
  for (uint32_t i = 0; i < count; i++) CHECK(events[i].userdata != 1);

  CASE("poll_oneoff takes the same subscription many times");
  static subscription_t many[2000];
  for (int i = 0; i < 2000; i++) many[i] = ready((uint64_t)i, FD_WRITE, 1);
  OK(raw_poll_oneoff(many, events, 2000, &count));
  CHECK(count >= 1 && count <= 2000);

  CASE("poll_oneoff with a descriptor that isn't open has an event with badf");
  OK(raw_fd_close(fd));
  static const uint32_t fds[] = {1000, 0x7fffffff, 0x80000000, 0xffffffff};
  for (int i = 0; i < 4; i++) {
    for (uint8_t type = FD_READ; type <= FD_WRITE; type++) {
      OK(poll_one(ready(20, type, fds[i])));
      CHECK(count == 1 && events[0].error == BADF && events[0].userdata == 20);
    }
  }

  CASE("poll_oneoff with a folder, or a stream of the other direction, is an error or an event with one");
  subscription_t wrong[4] = {ready(1, FD_READ, RW), ready(1, FD_WRITE, RW), ready(1, FD_READ, 1), ready(1, FD_WRITE, 0)};
  for (int i = 0; i < 4; i++) {
    int32_t code = poll_one(wrong[i]);
    GIVES(code == SUCCESS ? events[0].error : code, BADF, NOTSUP, PERM, INVAL, NOTCAPABLE);
  }

  CASE("poll_oneoff writes events over the subscriptions without a failure");
  OK(raw_poll_oneoff(subscriptions, subscriptions, 2, &count));
}

static void hostile(void) {
  CASE("poll_oneoff without subscriptions is inval");
  GIVES(raw_poll_oneoff(NULL, NULL, 0, &count), INVAL);
  GIVES(raw_poll_oneoff(events, events, 0, &count), INVAL);

  CASE("poll_oneoff refuses sorts, clocks and flags that don't exist");
  subscription_t subscription = clock_of(1, 4, 0, 0);
  GIVES(poll_one(subscription), INVAL);
  subscription = clock_of(1, MONOTONIC, 0, 2);
  GIVES(poll_one(subscription), INVAL);
  subscription = clock_of(1, MONOTONIC, 0, 0);
  subscription.type = 3;
  GIVES(poll_one(subscription), INVAL);
  subscription.type = 255;
  GIVES(poll_one(subscription), INVAL);
}

static void streams(void) {
  char bytes[32];
  uint32_t len = 0, total = 0;
  uint64_t offset = 0;
  vector_t in = {bytes, 0}, out = {"", 0};

  CASE("stdin gives the bytes of the host, and then its end");
  OK(raw_fd_read(0, &in, 1, &len));
  CHECK(len == 0);
  do {
    in = (vector_t){bytes + total, 4};
    if (!OK(raw_fd_read(0, &in, 1, &len))) break;
    total += len;
  } while (len > 0 && total < 20);
  CHECK(total == 11 && memcmp(bytes, "hello stdin", 11) == 0);
  OK(raw_fd_read(0, &in, 1, &len));
  CHECK(len == 0);
  happens(ready(1, FD_READ, 0));

  CASE("stdout and stderr take bytes, also none");
  for (uint32_t fd = 1; fd < 3; fd++) {
    OK(raw_fd_write(fd, &out, 1, &len));
    CHECK(len == 0);
    OK(raw_fd_write(fd, NULL, 0, &len));
  }

  CASE("streams have no offset");
  for (uint32_t fd = 0; fd < 3; fd++) {
    GIVES(raw_fd_seek(fd, 0, SEEK_FROM_HERE, &offset), SPIPE);
    GIVES(raw_fd_tell(fd, &offset), SPIPE);
  }
  GIVES(raw_fd_pread(0, &in, 1, 0, &len), SPIPE);
  GIVES(raw_fd_pwrite(1, &in, 1, 0, &len), SPIPE);
  GIVES(raw_fd_pwrite(2, &in, 1, 0, &len), SPIPE);

  CASE("stdin isn't written to, and stdout and stderr aren't read from");
  GIVES(raw_fd_write(0, &in, 1, &len), BADF, NOTCAPABLE);
  GIVES(raw_fd_read(1, &in, 1, &len), BADF, NOTCAPABLE);
  GIVES(raw_fd_read(2, &in, 1, &len), BADF, NOTCAPABLE);

  CASE("a stream that is closed is gone");
  OK(raw_fd_close(0));
  GIVES(raw_fd_read(0, &in, 1, &len), BADF);
  OK(raw_fd_close(2));
  GIVES(raw_fd_write(2, &out, 1, &len), BADF);
}

int main(void) {
  sleeping();
  descriptors();
  hostile();
  streams();
  end_case();
  return 0;
}
