/* Handles and spans: bases of the classes of objects, and arrays, texts and bytes as parameters. */
#ifndef SAFEWASM_HANDLE_HPP
#define SAFEWASM_HANDLE_HPP

#include <safewasm.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace safewasm {

/// A pointer and a length: how functions take arrays. Converts from anything with `data()` and `size()`, from
/// arrays and from braced lists. It owns nothing, so the elements must outlive it.
template <class T>
class Span {
  // A braced list has elements that can't change.
  struct None {};
  using Listed = std::conditional_t<std::is_const_v<T>, std::remove_const_t<T>, None>;

  // Whether the elements of a container are bytes in another type. A literal has a NUL too many.
  template <class E, class C>
  static constexpr bool are_bytes =
      std::is_same_v<T, const std::uint8_t> && !std::is_array_v<std::remove_reference_t<C>> &&
      (std::is_same_v<std::remove_const_t<E>, char> || std::is_same_v<std::remove_const_t<E>, std::byte>);

 public:
  /// No elements.
  constexpr Span() noexcept = default;

  /// The `size` elements from `data` on.
  constexpr Span(T* data, std::size_t size) noexcept : data_(data), size_(size) {}

  /// The elements of `container`. A span of bytes also takes elements of type `char` and `std::byte`.
  template <class C, class E = std::remove_pointer_t<decltype(std::data(std::declval<C&>()))>,
            class = std::enable_if_t<std::is_convertible_v<E (*)[], T (*)[]> || are_bytes<E, C>>>
  constexpr Span(C&& container) : size_(std::size(container)) {
    if constexpr (are_bytes<E, C>) {
      data_ = reinterpret_cast<T*>(std::data(container));
    } else {
      data_ = std::data(container);
    }
  }

  /// The elements of a braced list, which live until the end of the full expression.
  constexpr Span(const std::initializer_list<Listed>& list) noexcept
      : data_(std::data(list)), size_(list.size()) {}

  /// The first element, and the number of elements.
  [[nodiscard]] constexpr T* data() const noexcept { return data_; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

  /// Whether there are no elements.
  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

  /// The elements, for a loop.
  [[nodiscard]] constexpr T* begin() const noexcept { return data_; }
  [[nodiscard]] constexpr T* end() const noexcept { return data_ + size_; }

  /// The element at `index`, which must be less than `size()`: it is not checked.
  [[nodiscard]] constexpr T& operator[](std::size_t index) const noexcept { return data_[index]; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

namespace detail {

// The library takes no NULL for an empty text or module.
inline const char* data(std::string_view text) noexcept { return text.data() != nullptr ? text.data() : ""; }

inline const std::uint8_t* data(Span<const std::uint8_t> bytes) noexcept {
  static constexpr std::uint8_t none = 0;
  return bytes.data() != nullptr ? bytes.data() : &none;
}

inline std::string string(safewasm_text_t text) {
  return text.data != nullptr ? std::string(text.data, text.len) : std::string();
}

}  // namespace detail

/// A handle with one owner, which deletes it: it moves, and doesn't copy. Base of the classes whose objects
/// belong to a store or change.
///
/// The use of an empty handle, such as one that was moved from, is an error. So is the use of a handle whose
/// object was deleted, for instance with its store.
template <class Raw, void (*Delete)(Raw*), bool (*IsValid)(Raw*)>
class UniqueHandle {
 public:
  /// Takes over `raw`, a handle of the C functions. With `nullptr` the handle is empty.
  explicit UniqueHandle(Raw* raw) noexcept : raw_(raw) {}

  /// Takes the handle of `other`, which is empty afterwards.
  UniqueHandle(UniqueHandle&& other) noexcept : raw_(other.release()) {}
  UniqueHandle& operator=(UniqueHandle&& other) noexcept {
    reset(other.release());
    return *this;
  }
  UniqueHandle(const UniqueHandle&) = delete;
  UniqueHandle& operator=(const UniqueHandle&) = delete;

  /// Deletes the handle.
  ~UniqueHandle() { reset(nullptr); }

  /// The handle for the C functions, which still belongs to this object. NULL if it is empty.
  [[nodiscard]] Raw* raw() const noexcept { return raw_; }

  /// Gives up the handle, which the caller then has to delete. This object is empty afterwards.
  [[nodiscard]] Raw* release() noexcept { return std::exchange(raw_, nullptr); }

  /// Whether the object still lives. May be called from any thread.
  [[nodiscard]] bool is_valid() const noexcept { return IsValid(raw_); }

 private:
  void reset(Raw* raw) noexcept {
    if (Raw* const old = std::exchange(raw_, raw); old != nullptr) Delete(old);
  }

  Raw* raw_;
};

/// A handle that its copies share; the last one deletes it. Base of the classes whose objects belong to no
/// store and may be used from any threads at once. Copies are cheap.
///
/// The use of an empty handle, such as one that was moved from, is an error.
template <class Raw, void (*Delete)(Raw*), bool (*IsValid)(Raw*)>
class SharedHandle {
 public:
  /// Takes over `raw`, a handle of the C functions. With `nullptr` the handle is empty.
  explicit SharedHandle(Raw* raw) : raw_(raw, Delete) {}

  /// The handle for the C functions, which still belongs to this object. NULL if it is empty.
  [[nodiscard]] Raw* raw() const noexcept { return raw_.get(); }

  /// Whether the object still lives. May be called from any thread.
  [[nodiscard]] bool is_valid() const noexcept { return IsValid(raw_.get()); }

 private:
  std::shared_ptr<Raw> raw_;
};

}  // namespace safewasm

#endif
