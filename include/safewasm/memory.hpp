/* Memories: copies, views and shared memories. */
#ifndef SAFEWASM_MEMORY_HPP
#define SAFEWASM_MEMORY_HPP

#include <safewasm/value.hpp>

#include <cstring>

namespace safewasm {

/// Whether each byte of a `T` is part of its value, as `write` demands. Bytes between members would show wasm
/// what lay in the program's memory before. The compiler can't tell for structs with members of type `float`
/// or `double`; a program says so for a struct of its own, such as `Point`:
///
///   template <>
///   inline constexpr bool safewasm::has_no_padding<Point> = true;
template <class T>
inline constexpr bool has_no_padding = std::has_unique_object_representations_v<T> ||
                                       (std::is_floating_point_v<T> && !std::is_same_v<T, long double>);

namespace detail {

template <class C, class = void>
inline constexpr bool is_container = false;
template <class C>
inline constexpr bool is_container<C, std::void_t<decltype(std::data(std::declval<C&>()))>> = true;

// The type of the elements of an array of any dimensions.
template <class T>
struct ElementOf {
  using type = T;
};
template <class T, std::size_t N>
struct ElementOf<T[N]> : ElementOf<T> {};
template <class T, std::size_t N>
struct ElementOf<std::array<T, N>> : ElementOf<T> {};
template <class T>
using Element = typename ElementOf<std::remove_cv_t<T>>::type;

template <class T>
inline constexpr bool may_be_empty = false;
template <class T>
inline constexpr bool may_be_empty<std::optional<T>> = true;
template <class... T>
inline constexpr bool may_be_empty<std::variant<T...>> = true;

// Whether bytes are all of an object. Those of a pointer or a view are an address in the program.
template <class T, class E = Element<T>>
inline constexpr bool is_plain =
    std::is_trivially_copyable_v<E> && !std::is_pointer_v<E> && !std::is_member_pointer_v<E> &&
    !std::is_null_pointer_v<E> && !is_container<E> && !may_be_empty<E>;

template <class T>
constexpr void check_readable() noexcept {
  static_assert(is_plain<T> && !std::is_same_v<Element<T>, bool>,
                "only an object of which any bytes are a value comes out of a memory: no pointer, view, bool "
                "or std::optional");
}

template <class T>
constexpr void check_writable() noexcept {
  static_assert(is_plain<T>, "only what can be copied as bytes goes into a memory");
  static_assert(!is_plain<T> || has_no_padding<Element<T>>,
                "padding would show wasm bytes of the program's memory; see safewasm::has_no_padding");
}

// The bytes of a text, of the elements of a container, or of an object.
template <class C>
[[nodiscard]] Span<const std::uint8_t> bytes_of(const C& from) noexcept {
  if constexpr (std::is_array_v<C> && std::is_same_v<std::remove_extent_t<C>, char>) {
    const std::string_view array(from, sizeof from);
    return bytes_of(array.substr(0, array.find('\0')));
  } else if constexpr (std::is_convertible_v<const C&, std::string_view> && !std::is_pointer_v<C> &&
                       !std::is_null_pointer_v<C>) {
    const std::string_view text = from;
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  } else if constexpr (is_container<const C>) {
    using T = std::remove_pointer_t<decltype(std::data(from))>;
    check_writable<T>();
    return {reinterpret_cast<const std::uint8_t*>(std::data(from)), std::size(from) * sizeof(T)};
  } else {
    check_writable<C>();
    return {reinterpret_cast<const std::uint8_t*>(&from), sizeof(C)};
  }
}

[[noreturn]] inline void out_of_bounds(std::uint64_t address, std::uint64_t len, std::size_t size) {
  throw Error(ErrorKind::out_of_bounds, std::to_string(len) + " bytes from address " +
                                            std::to_string(address) + " on go beyond the memory, which has " +
                                            std::to_string(size));
}

}  // namespace detail

/// Access to the bytes of a memory in place, which `MemorySpan` and `MemoryView` have. Addresses are wasm's,
/// from 0. Every access is checked against the size that the memory has then, and throws an error of kind
/// `out_of_bounds` beyond it.
template <class Self>
class MemoryAccess {
 public:
  /// Whether there are no bytes.
  [[nodiscard]] bool empty() const noexcept { return self().size() == 0; }

  /// The bytes, for a loop.
  [[nodiscard]] std::uint8_t* begin() const noexcept { return self().data(); }
  [[nodiscard]] std::uint8_t* end() const noexcept { return self().data() + self().size(); }

  /// The byte at `address`.
  [[nodiscard]] std::uint8_t& operator[](std::uint64_t address) const { return bytes(address, 1)[0]; }

  /// The `len` bytes from `address` on, in place: valid as long as the memory stays where it is.
  [[nodiscard]] Span<std::uint8_t> bytes(std::uint64_t address, std::uint64_t len) const {
    const std::size_t size = self().size();
    if (address > size || len > size - address) detail::out_of_bounds(address, len, size);
    return {self().data() + address, len};
  }

  /// The `len` bytes from `address` on as text, in place: valid as long as the memory stays where it is.
  /// Whether they are UTF-8 is not checked.
  [[nodiscard]] std::string_view text(std::uint64_t address, std::uint64_t len) const {
    const Span<std::uint8_t> found = bytes(address, len);
    return {reinterpret_cast<const char*>(found.data()), found.size()};
  }

  /// The object whose bytes lie at `address`, of any alignment. Wasm chooses the bytes, so any bytes must be a
  /// value of `T`, and of each member of a struct: no member is a `bool` or a pointer.
  template <class T>
  [[nodiscard]] T read(std::uint64_t address) const {
    detail::check_readable<T>();
    T object;
    std::memcpy(&object, bytes(address, sizeof(T)).data(), sizeof(T));
    return object;
  }

  /// Writes the bytes of `from` to `address` on: of a text, of the elements of anything with `data()` and
  /// `size()`, or of an object. A literal, or another array of `char`, ends before its first NUL. A struct
  /// must have no padding; see `has_no_padding`.
  template <class C>
  void write(std::uint64_t address, const C& from) const {
    const Span<const std::uint8_t> source = detail::bytes_of(from);
    const Span<std::uint8_t> target = bytes(address, source.size());
    if (!source.empty()) std::memmove(target.data(), source.data(), source.size());
  }

 private:
  friend Self;
  MemoryAccess() = default;

  const Self& self() const noexcept { return static_cast<const Self&>(*this); }
};

/// The bytes of a memory while they stay where they are; owns nothing. See `Caller::memory`.
class MemorySpan : public MemoryAccess<MemorySpan> {
 public:
  /// The `size` bytes from `data` on.
  MemorySpan(std::uint8_t* data, std::size_t size) noexcept : data_(data), size_(size) {}

  /// The first byte, and the number of bytes.
  [[nodiscard]] std::uint8_t* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::uint8_t* data_;
  std::size_t size_;
};

/// A view of a memory: its bytes, without a call. It follows the memory when that grows and moves, so
/// `data()` and `size()` must be taken anew after each call in the store. Once the store is deleted, or the
/// view was moved from, the view is empty.
///
/// While a thread runs wasm in the store, other threads must not touch the memory through the view.
class MemoryView : public MemoryAccess<MemoryView> {
 public:
  /// The first byte, and the number of bytes.
  [[nodiscard]] std::uint8_t* data() const noexcept { return view_.raw() != nullptr ? cell_->data : nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return view_.raw() != nullptr ? cell_->len : 0; }

 private:
  friend class Memory;
  MemoryView(safewasm_view_t* view, const safewasm_cell_t* cell) noexcept : view_(view), cell_(cell) {}

  UniqueHandle<safewasm_view_t, safewasm_view_delete, safewasm_view_is_valid> view_;
  const safewasm_cell_t* cell_;
};

/// Copies into and out of a memory, which `Memory` and `SharedMemory` have. Addresses are wasm's, from 0.
///
/// Errors: `out_of_bounds`; then nothing is written.
template <class Self>
class MemoryCopies {
 public:
  /// Copies bytes from `address` on into the elements of `into`: anything with `data()` and `size()`. Any bytes
  /// must be a value of the elements' type.
  template <class C>
  void read(std::uint64_t address, C&& into) const {
    using T = std::remove_pointer_t<decltype(std::data(into))>;
    detail::check_readable<T>();
    detail::check(Self::copy_out(self().raw(), address, reinterpret_cast<std::uint8_t*>(std::data(into)),
                                 std::size(into) * sizeof(T)));
  }

  /// The object whose bytes lie at `address`, of any alignment. Wasm chooses the bytes, so any bytes must be a
  /// value of `T`, and of each member of a struct: no member is a `bool` or a pointer.
  template <class T>
  [[nodiscard]] T read(std::uint64_t address) const {
    T object;
    read(address, Span<T>(&object, 1));
    return object;
  }

  /// The `len` bytes from `address` on as text. Whether they are UTF-8 is not checked.
  [[nodiscard]] std::string read_text(std::uint64_t address, std::size_t len) const {
    // Before so much is allocated.
    if (const std::size_t size = self().size(); len > size) detail::out_of_bounds(address, len, size);
    std::string text(len, '\0');
    read(address, text);
    return text;
  }

  /// Writes the bytes of `from` to `address` on: of a text, of the elements of anything with `data()` and
  /// `size()`, or of an object. A literal, or another array of `char`, ends before its first NUL. A struct
  /// must have no padding; see `has_no_padding`.
  template <class C>
  void write(std::uint64_t address, const C& from) const {
    const Span<const std::uint8_t> source = detail::bytes_of(from);
    detail::check(Self::copy_in(self().raw(), address, source.data(), source.size()));
  }

 private:
  friend Self;
  MemoryCopies() = default;

  const Self& self() const noexcept { return static_cast<const Self&>(*this); }
};

/// A memory, of an instance or of the program.
class Memory : public UniqueHandle<safewasm_memory_t, safewasm_memory_delete, safewasm_memory_is_valid>,
               public MemoryCopies<Memory> {
 public:
  using UniqueHandle::UniqueHandle;

  /// A memory that the program makes, all zero.
  ///
  /// Errors: `invalid_argument` for a type that can't be, and for a shared one; `limit`.
  Memory(StoreRef store, const MemoryType& type) : UniqueHandle(make(store, type.raw())) {}

  /// The type; its `min` is the size in pages that the memory has now.
  [[nodiscard]] MemoryType type() const {
    return MemoryType::of(detail::get<safewasm_memorytype_t>(safewasm_memory_type, raw()));
  }

  /// The size in bytes.
  [[nodiscard]] std::size_t size() const { return detail::get<std::size_t>(safewasm_memory_len, raw()); }

  /// Adds `pages` pages, and returns the size in pages before. Errors: `limit`.
  std::uint64_t grow(std::uint64_t pages) const {
    return detail::get<std::uint64_t>(safewasm_memory_grow, raw(), pages);
  }

  /// A view, to read and write the memory without a call. Errors: `limit`.
  [[nodiscard]] MemoryView view() const {
    safewasm_view_t* view = nullptr;
    const auto* const cell = detail::get<const safewasm_cell_t*>(safewasm_memory_view, raw(), &view);
    return {view, cell};
  }

 private:
  friend class MemoryCopies<Memory>;
  static constexpr auto copy_out = safewasm_memory_read;
  static constexpr auto copy_in = safewasm_memory_write;

  [[nodiscard]] static safewasm_memory_t* make(StoreRef store, const safewasm_memorytype_t& type) {
    return detail::get<safewasm_memory_t*>(safewasm_memory_new, store.raw(), &type);
  }
};

/// A memory that several threads use at once, each with a store of its own. Copies share one handle and are
/// cheap; may be used from any threads at once. Needs `Config::shared_memory`.
class SharedMemory : public SharedHandle<safewasm_sharedmemory_t, safewasm_sharedmemory_delete,
                                         safewasm_sharedmemory_is_valid>,
                     public MemoryCopies<SharedMemory> {
 public:
  using SharedHandle::SharedHandle;

  /// A shared memory, all zero; `type` has a maximum and is shared.
  ///
  /// Errors: `invalid_argument` for a type that can't be; `unsupported` without `Config::shared_memory`;
  /// `limit`.
  SharedMemory(const Engine& engine, const MemoryType& type) : SharedHandle(make(engine, type.raw())) {}

  /// The type; its `min` is the size in pages that the memory has now.
  [[nodiscard]] MemoryType type() const {
    return MemoryType::of(detail::get<safewasm_memorytype_t>(safewasm_sharedmemory_type, raw()));
  }

  /// The bytes, which never move. Other threads may write them: access them with atomics, or by `read` and
  /// `write`.
  [[nodiscard]] Span<std::uint8_t> bytes() const {
    std::uint8_t* data = nullptr;
    const auto len = detail::get<std::size_t>(safewasm_sharedmemory_data, raw(), &data);
    return {data, len};
  }

  /// The size in bytes.
  [[nodiscard]] std::size_t size() const { return bytes().size(); }

  /// Adds `pages` pages, and returns the size in pages before. Errors: `limit`.
  std::uint64_t grow(std::uint64_t pages) const {
    return detail::get<std::uint64_t>(safewasm_sharedmemory_grow, raw(), pages);
  }

 private:
  friend class MemoryCopies<SharedMemory>;
  static constexpr auto copy_out = safewasm_sharedmemory_read;
  static constexpr auto copy_in = safewasm_sharedmemory_write;

  [[nodiscard]] static safewasm_sharedmemory_t* make(const Engine& engine,
                                                     const safewasm_memorytype_t& type) {
    return detail::get<safewasm_sharedmemory_t*>(safewasm_sharedmemory_new, engine.raw(), &type);
  }
};

}  // namespace safewasm

#endif
