/* WASI preview 1: arguments, environment, folders, streams, clocks and limits of programs. */
#ifndef SAFEWASM_WASI_HPP
#define SAFEWASM_WASI_HPP

#include <safewasm/engine.hpp>

namespace safewasm {

/// A standard stream of a WASI program.
enum class WasiStream : std::uint32_t {
  input = SAFEWASM_WASI_STDIN,
  output = SAFEWASM_WASI_STDOUT,
  error = SAFEWASM_WASI_STDERR,
};

/// Keeps the output of WASI programs in memory. Copies share one buffer; any number of programs and threads
/// may use it at once.
class OutputBuffer : public SharedHandle<safewasm_buffer_t, safewasm_buffer_delete, safewasm_buffer_is_valid> {
 public:
  using SharedHandle::SharedHandle;

  /// A buffer of at most `limit` bytes at a time. A program that writes more ends with an error of kind `limit`.
  explicit OutputBuffer(std::uint64_t limit)
      : SharedHandle(detail::get<safewasm_buffer_t*>(safewasm_buffer_new, limit)) {}

  /// Takes out what was written since the last time. Errors: `limit`.
  [[nodiscard]] std::string take() const {
    const Bytes bytes(detail::get<safewasm_bytes_t*>(safewasm_buffer_take, raw()));
    const auto span = bytes.span();
    return std::string(reinterpret_cast<const char*>(span.data()), span.size());
  }

  /// The number of bytes in the buffer.
  [[nodiscard]] std::size_t size() const { return detail::get<std::size_t>(safewasm_buffer_len, raw()); }
};

/// What a WASI program is given. A new config gives nothing: no arguments, no environment, no folders, an empty
/// input, and what the program writes is discarded. The functions can be chained. `Store::set_wasi` takes it.
///
/// Errors of functions with text: `invalid_argument` for a NUL, or if it isn't UTF-8.
class WasiConfig : public UniqueHandle<safewasm_wasi_t, safewasm_wasi_delete, safewasm_wasi_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// A config that gives nothing.
  WasiConfig() : UniqueHandle(detail::get<safewasm_wasi_t*>(safewasm_wasi_new)) {}

  /// Adds an argument. The first one is the program's name.
  WasiConfig& arg(std::string_view text) & {
    return set(safewasm_wasi_add_arg, detail::data(text), text.size());
  }
  WasiConfig&& arg(std::string_view text) && { return std::move(arg(text)); }

  /// Sets a variable of the environment. Errors: `invalid_argument` for a name that is empty or contains `=`.
  WasiConfig& env(std::string_view name, std::string_view value) & {
    return set(safewasm_wasi_add_env, detail::data(name), name.size(), detail::data(value), value.size());
  }
  WasiConfig&& env(std::string_view name, std::string_view value) && { return std::move(env(name, value)); }

  /// Gives the arguments, or the environment, of this process.
  WasiConfig& inherit_args() & { return set(safewasm_wasi_inherit_args); }
  WasiConfig&& inherit_args() && { return std::move(inherit_args()); }
  WasiConfig& inherit_env() & { return set(safewasm_wasi_inherit_env); }
  WasiConfig&& inherit_env() && { return std::move(inherit_env()); }

  /// Gives the folder `host` under the name `guest`, to read, or also to write. Errors: `io` if it is no folder.
  WasiConfig& dir(std::string_view host, std::string_view guest, bool writable = false) & {
    return set(safewasm_wasi_add_dir, detail::data(host), host.size(), detail::data(guest), guest.size(),
               writable);
  }
  WasiConfig&& dir(std::string_view host, std::string_view guest, bool writable = false) && {
    return std::move(dir(host, guest, writable));
  }

  /// Connects a stream to the same stream of this process.
  WasiConfig& inherit(WasiStream stream) & { return set(safewasm_wasi_inherit_stream, number(stream)); }
  WasiConfig&& inherit(WasiStream stream) && { return std::move(inherit(stream)); }

  /// Connects a stream to a file, which is opened now. A file for output is made or emptied, unless `append` is
  /// true. Errors: `io`.
  WasiConfig& file(WasiStream stream, std::string_view path, bool append = false) & {
    return set(safewasm_wasi_set_stream_file, number(stream), detail::data(path), path.size(), append);
  }
  WasiConfig&& file(WasiStream stream, std::string_view path, bool append = false) && {
    return std::move(file(stream, path, append));
  }

  /// Connects a stream to a duplicate of a file descriptor. Errors: `io`, `invalid_argument`.
  WasiConfig& fd(WasiStream stream, int descriptor) & {
    return set(safewasm_wasi_set_stream_fd, number(stream), descriptor);
  }
  WasiConfig&& fd(WasiStream stream, int descriptor) && { return std::move(fd(stream, descriptor)); }

  /// Gives the program these bytes, or a text that ends with a NUL, as its standard input.
  WasiConfig& input(Span<const std::uint8_t> bytes) & {
    return set(safewasm_wasi_set_stdin_bytes, detail::data(bytes), bytes.size());
  }
  WasiConfig&& input(Span<const std::uint8_t> bytes) && { return std::move(input(bytes)); }
  WasiConfig& input(const char* text) & { return input(std::string_view(text)); }
  WasiConfig&& input(const char* text) && { return std::move(input(text)); }

  /// Has standard output or standard error go to a buffer. Both may go to the same one.
  WasiConfig& buffer(WasiStream stream, const OutputBuffer& buffer) & {
    return set(safewasm_wasi_set_stream_buffer, number(stream), buffer.raw());
  }
  WasiConfig&& buffer(WasiStream stream, const OutputBuffer& to) && { return std::move(buffer(stream, to)); }

  /// Has the program read its standard input by calling `read` with a `Span<std::uint8_t>`: the function writes at
  /// least one byte there and returns their number, or 0 for the end. It runs on the thread of the call. The
  /// call throws what it throws.
  template <class F>
  WasiConfig& read_from(F&& read) & {
    using Function = std::decay_t<F>;
    const auto call = [](void* env, std::uint8_t* bytes, std::size_t len, std::size_t* len_out) {
      return detail::guarded([&] {
        *len_out = static_cast<std::size_t>((*static_cast<Function*>(env))(Span<std::uint8_t>(bytes, len)));
      });
    };
    return set(safewasm_wasi_set_stdin_callback, call, own(std::forward<F>(read)), free<Function>);
  }
  template <class F>
  WasiConfig&& read_from(F&& read) && {
    return std::move(read_from(std::forward<F>(read)));
  }

  /// Has standard output or standard error go to `write`, which is called with a `Span<const std::uint8_t>` and
  /// takes all of its bytes. It runs on the thread of the call. The call throws what it throws.
  template <class F>
  WasiConfig& write_to(WasiStream stream, F&& write) & {
    using Function = std::decay_t<F>;
    const auto call = [](void* env, const std::uint8_t* bytes, std::size_t len) {
      return detail::guarded(
          [&] { (*static_cast<Function*>(env))(Span<const std::uint8_t>(bytes, len)); });
    };
    return set(safewasm_wasi_set_stream_callback, number(stream), call, own(std::forward<F>(write)),
               free<Function>);
  }
  template <class F>
  WasiConfig&& write_to(WasiStream stream, F&& write) && {
    return std::move(write_to(stream, std::forward<F>(write)));
  }

  /// Clocks that start at this time since 1970 and that only sleeping advances.
  WasiConfig& fixed_clock(std::uint64_t unix_nanoseconds) & {
    return set(safewasm_wasi_set_fixed_clock, unix_nanoseconds);
  }
  WasiConfig&& fixed_clock(std::uint64_t unix_nanoseconds) && {
    return std::move(fixed_clock(unix_nanoseconds));
  }

  /// Random numbers that depend on this seed only.
  WasiConfig& seed(std::uint64_t seed) & { return set(safewasm_wasi_set_seed, seed); }
  WasiConfig&& seed(std::uint64_t number) && { return std::move(seed(number)); }

  /// How much the program may write to standard output and standard error together.
  WasiConfig& output_limit(std::uint64_t bytes) & { return set(safewasm_wasi_set_output_limit, bytes); }
  WasiConfig&& output_limit(std::uint64_t bytes) && { return std::move(output_limit(bytes)); }

  /// How many files and folders the program may have open at once.
  WasiConfig& open_limit(std::uint32_t files) & { return set(safewasm_wasi_set_open_limit, files); }
  WasiConfig&& open_limit(std::uint32_t files) && { return std::move(open_limit(files)); }

  /// How much the program may write to folders.
  WasiConfig& written_limit(std::uint64_t bytes) & { return set(safewasm_wasi_set_written_limit, bytes); }
  WasiConfig&& written_limit(std::uint64_t bytes) && { return std::move(written_limit(bytes)); }

  /// The limits of output, open files and written bytes at once, with safe defaults; see `Store::set_sandbox`.
  WasiConfig& sandbox(const safewasm_sandbox_t& limits = {}) & { return set(safewasm_wasi_set_sandbox, &limits); }
  WasiConfig&& sandbox(const safewasm_sandbox_t& limits = {}) && { return std::move(sandbox(limits)); }

 private:
  static std::uint32_t number(WasiStream stream) noexcept { return static_cast<std::uint32_t>(stream); }

  // The function of a stream, which the library owns.
  template <class F>
  [[nodiscard]] static void* own(F&& function) {
    static_assert(std::is_nothrow_destructible_v<std::decay_t<F>>,
                  "an object that the library frees can't throw then");
    return new std::decay_t<F>(std::forward<F>(function));
  }
  template <class F>
  static void free(void* env) {
    delete static_cast<F*>(env);
  }

  template <class... Params, class... Args>
  WasiConfig& set(safewasm_error_t* (*function)(safewasm_wasi_t*, Params...), Args... args) {
    detail::check(function(raw(), args...));
    return *this;
  }
};

}  // namespace safewasm

#endif
