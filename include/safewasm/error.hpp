/* Errors: exceptions of the library and of host functions, and results without exceptions. */
#ifndef SAFEWASM_ERROR_HPP
#define SAFEWASM_ERROR_HPP

#include <safewasm/carrier.hpp>

#include <exception>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace safewasm {

/// The kind of an error: `safewasm_error_kind_t` of the C header, which describes each.
enum class ErrorKind : int {
  null_pointer = SAFEWASM_ERROR_NULL_POINTER,
  invalid_handle = SAFEWASM_ERROR_INVALID_HANDLE,
  wrong_store = SAFEWASM_ERROR_WRONG_STORE,
  wrong_engine = SAFEWASM_ERROR_WRONG_ENGINE,
  store_busy = SAFEWASM_ERROR_STORE_BUSY,
  store_poisoned = SAFEWASM_ERROR_STORE_POISONED,
  invalid_argument = SAFEWASM_ERROR_INVALID_ARGUMENT,
  invalid_module = SAFEWASM_ERROR_INVALID_MODULE,
  invalid_text = SAFEWASM_ERROR_INVALID_TEXT,
  link = SAFEWASM_ERROR_LINK,
  not_found = SAFEWASM_ERROR_NOT_FOUND,
  type_mismatch = SAFEWASM_ERROR_TYPE_MISMATCH,
  out_of_bounds = SAFEWASM_ERROR_OUT_OF_BOUNDS,
  trap = SAFEWASM_ERROR_TRAP,
  exception = SAFEWASM_ERROR_EXCEPTION,
  limit = SAFEWASM_ERROR_LIMIT,
  io = SAFEWASM_ERROR_IO,
  unsupported = SAFEWASM_ERROR_UNSUPPORTED,
  out_of_memory = SAFEWASM_ERROR_OUT_OF_MEMORY,
  internal = SAFEWASM_ERROR_INTERNAL,
  host = SAFEWASM_ERROR_HOST,
  task = SAFEWASM_ERROR_TASK,
  compiler = SAFEWASM_ERROR_COMPILER,
  exit = SAFEWASM_ERROR_EXIT,
  incompatible = SAFEWASM_ERROR_INCOMPATIBLE,
  invalid_artifact = SAFEWASM_ERROR_INVALID_ARTIFACT,
  components_ended = SAFEWASM_ERROR_COMPONENTS_ENDED,
};

/// How wasm trapped: `safewasm_trap_code_t` of the C header, which describes each.
enum class TrapCode : int {
  not_a_trap = SAFEWASM_TRAP_NOT_A_TRAP,
  stack_overflow = SAFEWASM_TRAP_STACK_OVERFLOW,
  memory_out_of_bounds = SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS,
  heap_misaligned = SAFEWASM_TRAP_HEAP_MISALIGNED,
  table_out_of_bounds = SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS,
  indirect_call_to_null = SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL,
  bad_signature = SAFEWASM_TRAP_BAD_SIGNATURE,
  integer_overflow = SAFEWASM_TRAP_INTEGER_OVERFLOW,
  integer_division_by_zero = SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO,
  bad_conversion_to_integer = SAFEWASM_TRAP_BAD_CONVERSION_TO_INTEGER,
  unreachable = SAFEWASM_TRAP_UNREACHABLE,
  interrupt = SAFEWASM_TRAP_INTERRUPT,
  out_of_fuel = SAFEWASM_TRAP_OUT_OF_FUEL,
  atomic_wait_non_shared_memory = SAFEWASM_TRAP_ATOMIC_WAIT_NON_SHARED_MEMORY,
  null_reference = SAFEWASM_TRAP_NULL_REFERENCE,
  array_out_of_bounds = SAFEWASM_TRAP_ARRAY_OUT_OF_BOUNDS,
  allocation_too_large = SAFEWASM_TRAP_ALLOCATION_TOO_LARGE,
  cast_failure = SAFEWASM_TRAP_CAST_FAILURE,
  unhandled_tag = SAFEWASM_TRAP_UNHANDLED_TAG,
  continuation_already_consumed = SAFEWASM_TRAP_CONTINUATION_ALREADY_CONSUMED,
  other = SAFEWASM_TRAP_OTHER,
};

/// The name of a kind of error, such as `not found`.
[[nodiscard]] inline std::string_view name(ErrorKind kind) noexcept {
  return safewasm_error_kind_name(static_cast<std::uint32_t>(kind));
}

/// The name of a trap code, such as `memory out of bounds`.
[[nodiscard]] inline std::string_view name(TrapCode code) noexcept {
  return safewasm_trap_code_name(static_cast<std::uint32_t>(code));
}

/// One frame of a wasm backtrace. Texts are empty and numbers 0 where they are not known.
struct Frame {
  /// The names of the module and of the function.
  std::string module_name;
  std::string func_name;
  /// The source file, and the line and column in it, from 1; needs `Config::backtrace_lines`.
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  /// The function's index in its module.
  std::uint32_t func_index = 0;
  /// The instruction's offset in the module's bytes.
  std::uint64_t module_offset = 0;
  /// The instruction's offset in the function's body.
  std::uint64_t func_offset = 0;
};

/// An error of the library, as an exception. Traps are thrown as `Trap`, exceptions of wasm as
/// `WasmException`. Copies are cheap, and may be used on any thread.
class Error : public std::runtime_error {
 public:
  /// An error that the program makes itself.
  Error(ErrorKind kind, std::string_view message);

  /// Takes over an error of the C functions. NULL, or another pointer that is no error, becomes an error of
  /// kind `invalid_handle`.
  [[nodiscard]] static Error adopt(safewasm_error_t* raw);

  // Never moved from, so that no error is ever empty.
  Error(const Error&) = default;
  Error& operator=(const Error&) = default;
  ~Error() override = default;

  /// The kind.
  [[nodiscard]] ErrorKind kind() const noexcept { return state_->kind; }

  /// The message. It is the text of `what()`, which ends at the first NUL if the message has one.
  [[nodiscard]] std::string_view message() const noexcept { return state_->message; }

  /// How wasm trapped: `TrapCode::not_a_trap` if the error is no trap.
  [[nodiscard]] TrapCode trap_code() const noexcept {
    return static_cast<TrapCode>(safewasm_error_trap_code(raw()));
  }

  /// The exit status, if the error is a program's exit, an error of kind `exit`.
  [[nodiscard]] std::optional<std::uint32_t> exit_status() const noexcept {
    std::uint32_t status = 0;
    return safewasm_error_exit_status(raw(), &status) ? std::optional(status) : std::nullopt;
  }

  /// The operating system's number of an error of kind `io`, else 0.
  [[nodiscard]] int os_code() const noexcept { return safewasm_error_os_code(raw()); }

  /// The wasm functions that ran, the innermost first.
  [[nodiscard]] std::vector<Frame> frames() const;

  /// The core dump of a trap in an engine with `SAFEWASM_OPTION_COREDUMP_SIZE`, as bytes that live as long as the
  /// error; empty if there is none. It has everything that the guest kept in memory, secrets too.
  [[nodiscard]] Span<const std::uint8_t> coredump() const noexcept {
    std::size_t len = 0;
    const std::uint8_t* const data = safewasm_error_coredump(raw(), &len);
    return {data, len};
  }

  /// The exception that a C++ host function threw, or null. Only an error in a `Result` has one, since other
  /// calls throw that exception in place of an `Error`.
  [[nodiscard]] std::exception_ptr host_exception() const noexcept;

  /// Throws this error as a call does: the host function's own exception, if there is one, else a `Trap`, a
  /// `WasmException` or an `Error`.
  [[noreturn]] void raise() const;

  /// The error for the C functions, which still belongs to this object. NULL if the program made it.
  [[nodiscard]] safewasm_error_t* raw() const noexcept { return state_->raw.get(); }

 private:
  struct Delete {
    void operator()(safewasm_error_t* raw) const noexcept { safewasm_error_delete(raw); }
  };

  struct State {
    ErrorKind kind;
    std::string message;
    std::unique_ptr<safewasm_error_t, Delete> raw;
  };

  explicit Error(std::shared_ptr<const State> state)
      : std::runtime_error(state->message), state_(std::move(state)) {}

  std::shared_ptr<const State> state_;
};

/// Wasm trapped. The store can be used on.
class Trap : public Error {
 public:
  /// The same error as a `Trap`.
  explicit Trap(const Error& error) : Error(error) {}

  /// How wasm trapped.
  [[nodiscard]] TrapCode code() const noexcept { return trap_code(); }
};

class Arg;
class Ref;
class Tag;
class Val;

/// An exception of wasm that nothing in wasm caught. A host function throws one for wasm to catch. If it throws
/// an object of a class derived from this one, a `WasmException` comes out of the call.
class WasmException : public Error {
 public:
  /// The same error as a `WasmException`.
  explicit WasmException(const Error& error) : Error(error) {}

  /// A new exception with `tag` that carries `fields`, such as `WasmException(tag, {1, 2.5})`.
  ///
  /// Errors: `type_mismatch` for other fields than the tag's; `wrong_store`, `limit`.
  WasmException(const Tag& tag, Span<const Arg> fields);

  /// The exception that `ref` refers to. Errors: `type_mismatch` if that is something else.
  explicit WasmException(const Ref& ref);

  /// The exception as a reference. Errors: `invalid_handle` if its store was deleted.
  [[nodiscard]] Ref ref() const;

  /// The exception's tag. Errors: `invalid_handle` if its store was deleted.
  [[nodiscard]] Tag tag() const;

  /// The values that the exception carries. Errors: `invalid_handle` if its store was deleted.
  [[nodiscard]] std::vector<Val> fields() const;
};

/// The result of `try_call`: a value, or the error in its place.
template <class T>
class [[nodiscard]] Result {
 public:
  /// A result with a value, or with an error.
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  /// Whether there is a value.
  [[nodiscard]] bool has_value() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value. Throws the error if there is none, as `Error::raise` does.
  [[nodiscard]] T& value() & { return checked(), *std::get_if<0>(&content_); }
  [[nodiscard]] const T& value() const& { return checked(), *std::get_if<0>(&content_); }
  [[nodiscard]] T value() && { return checked(), std::move(*std::get_if<0>(&content_)); }

  /// As `value`.
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  /// The error. Throws `std::bad_variant_access` if there is a value.
  [[nodiscard]] const Error& error() const { return std::get<1>(content_); }

 private:
  void checked() const {
    if (const Error* const error = std::get_if<1>(&content_)) error->raise();
  }

  std::variant<T, Error> content_;
};

/// The result of `try_call` of a function without results: success, or an error.
template <>
class [[nodiscard]] Result<void> {
 public:
  /// Success, or an error.
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  /// Whether the call succeeded.
  [[nodiscard]] bool has_value() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return has_value(); }

  /// Throws the error if there is one, as `Error::raise` does.
  void value() const {
    if (error_) error_->raise();
  }

  /// The error. Throws `std::bad_optional_access` if there is none.
  [[nodiscard]] const Error& error() const { return error_.value(); }

 private:
  std::optional<Error> error_;
};

inline Error::Error(ErrorKind kind, std::string_view message)
    : Error(std::make_shared<const State>(State{kind, std::string(message), nullptr})) {}

inline Error Error::adopt(safewasm_error_t* raw) {
  if (raw == nullptr) return Error(ErrorKind::invalid_handle, "NULL is no error");
  std::unique_ptr<safewasm_error_t, Delete> owner(raw);
  std::size_t len = 0;
  const char* const text = safewasm_error_message(raw, &len);
  const auto kind = static_cast<ErrorKind>(safewasm_error_kind(raw));
  return Error(std::make_shared<const State>(State{kind, std::string(text, len), std::move(owner)}));
}

inline std::vector<Frame> Error::frames() const {
  std::vector<Frame> frames;
  frames.reserve(safewasm_error_frames_len(raw()));
  safewasm_frame_t frame;
  for (std::size_t i = 0; safewasm_error_frame(raw(), i, &frame); i++) {
    frames.push_back({detail::string(frame.module_name), detail::string(frame.func_name),
                      detail::string(frame.file), frame.line, frame.column, frame.func_index,
                      frame.module_offset, frame.func_offset});
  }
  return frames;
}

inline std::exception_ptr Error::host_exception() const noexcept {
  const auto* const thrown = detail::carried<std::exception_ptr>(raw());
  return thrown != nullptr ? *thrown : nullptr;
}

inline void Error::raise() const {
  if (const std::exception_ptr thrown = host_exception()) std::rethrow_exception(thrown);
  if (kind() == ErrorKind::trap) throw Trap(*this);
  if (kind() == ErrorKind::exception) throw WasmException(*this);
  throw *this;
}

namespace detail {

[[noreturn]] inline void raise(safewasm_error_t* error) { Error::adopt(error).raise(); }

// Throws the error that a C function returned, if there is one.
inline void check(safewasm_error_t* error) {
  if (error != nullptr) raise(error);
}

// Calls a C function whose last parameter is where its result goes.
template <class Out, class... Params, class... Args>
[[nodiscard]] Out get(safewasm_error_t* (*function)(Params...), Args... args) {
  Out out{};
  check(function(args..., &out));
  return out;
}

// The text of an exception. It lives as long as the exception. An exception of another language or runtime has
// no pointer.
inline const char* text(const std::exception_ptr& thrown) noexcept {
  if (thrown == nullptr) return "a host function threw an exception that is not of this C++ runtime";
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "a host function threw an exception that is no std::exception";
  }
}

// An error that carries an exception through wasm.
inline safewasm_error_t* carry_exception(const std::exception_ptr& thrown) noexcept {
  safewasm_error_t* error = nullptr;
  for (const std::string_view message :
       {std::string_view(text(thrown)), std::string_view("a host function threw an exception whose text "
                                                         "is not UTF-8")}) {
    safewasm_error_delete(error);
    safewasm_error_t* carrier = nullptr;
    error = carry(std::unique_ptr<std::exception_ptr>(new (std::nothrow) std::exception_ptr(thrown)), message,
                  &carrier);
    if (error == nullptr) return carrier;
  }
  return error;
}

// An error that throws the exception of wasm again; NULL if its store is gone.
inline safewasm_error_t* throw_again(const WasmException& exception) noexcept {
  safewasm_ref_t* ref = nullptr;
  safewasm_error_t* again = nullptr;
  safewasm_error_t* error = safewasm_error_exception(exception.raw(), &ref);
  if (error == nullptr) error = safewasm_error_new_exception(ref, &again);
  safewasm_error_delete(error);
  safewasm_ref_delete(ref);
  return again;
}

// The boundary between C++ and the library. Runs the body of a host function, and returns an exception that
// it throws as an error, from which the call that led here throws it again.
template <class Body>
safewasm_error_t* guarded(Body&& body) noexcept {
  try {
    body();
    return nullptr;
  } catch (const WasmException& exception) {
    if (safewasm_error_t* const again = throw_again(exception)) return again;
    return carry_exception(std::current_exception());
  } catch (...) {
    return carry_exception(std::current_exception());
  }
}

}  // namespace detail

}  // namespace safewasm

#endif
