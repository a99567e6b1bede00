/* What the C++ tests have in common, over what the C tests have. */
#ifndef CHECK_HPP
#define CHECK_HPP

#include "../c/check.h"

#include <safewasm.hpp>

using namespace safewasm;

// A test that throws has failed.
static inline void run(const char *name, void (*test)()) {
  begin_test(name);
  try {
    test();
  } catch (const std::exception &exception) {
    printf("%s: thrown: %s\n", name, exception.what());
    failed_here = 1;
  } catch (...) {
    printf("%s: thrown: something else\n", name);
    failed_here = 1;
  }
  alarm(0);
  if (failed_here) printf("FAILED %s\n", name);
  if (failed_here)
    failed++;
  else
    passed++;
}

#undef RUN
#define RUN(name) run(#name, name)

/* The statement throws just a T, whose text has that text in it. */
#define THROWS(T, text, statement) \
  check_throws<T>(text, __FILE__, __LINE__, #statement, [&] { (void)(statement); })

/* The statement throws an error of that kind whose message has that text in it. */
#define FAILS_WITH(kind_, text, statement)                              \
  check_throws<Error>(                                                  \
      text, __FILE__, __LINE__, #statement, [&] { (void)(statement); }, \
      [](const Error &error) { return error.kind() == ErrorKind::kind_; })

template <class T, class Statement, class Is = bool (*)(const T &)>
void check_throws(
    const char *text, const char *file, int line, const char *what, Statement statement,
    Is is = [](const T &) { return true; }) {
  try {
    statement();
    printf("%s:%d: %s: nothing is thrown\n", file, line, what);
  } catch (const T &thrown) {
    if (is(thrown) && strstr(thrown.what(), text) != nullptr) return;
    printf("%s:%d: %s: not \"%s\": %s\n", file, line, what, text, thrown.what());
  } catch (const std::exception &thrown) {
    printf("%s:%d: %s: something else is thrown: %s\n", file, line, what, thrown.what());
  } catch (...) {
    printf("%s:%d: %s: something else is thrown\n", file, line, what);
  }
  failed_here = 1;
}

static inline Config new_config() {
  Config config;
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != nullptr) config.signals_based_traps(false);
  return config;
}

/* An engine, a store and an instance of a module, which may have imports. */
struct World {
  Engine engine{new_config()};
  Store store{engine};

  Module module(std::string_view text) const { return Module::from_text(engine, text); }

  Instance instance(std::string_view text, Span<const Import> imports = {}) const {
    return Instance(store, module(text), imports);
  }
};

/* Counts how many copies of it live. */
class Counted {
 public:
  explicit Counted(int &count) : count_(&count) { ++*count_; }
  Counted(const Counted &other) : count_(other.count_) { ++*count_; }
  Counted &operator=(const Counted &) = delete;
  ~Counted() { --*count_; }

 private:
  int *count_;
};

#endif
