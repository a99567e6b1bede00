/* Values: references, functions as references, and the types of C++ that stand for types of wasm. */
#ifndef SAFEWASM_VALUE_HPP
#define SAFEWASM_VALUE_HPP

#include <safewasm/store.hpp>

#include <array>
#include <cstring>
#include <tuple>

namespace safewasm {

class Caller;
class Tag;
template <class Signature>
class TypedFunc;

/// A vector of 128 bits, its bytes in the order in which they lie in a memory.
struct V128 {
  /// The bytes.
  std::array<std::uint8_t, 16> bytes{};

  friend bool operator==(const V128& a, const V128& b) noexcept { return a.bytes == b.bytes; }
  friend bool operator!=(const V128& a, const V128& b) noexcept { return !(a == b); }
};

/// A reference that isn't null, to something other than a function: an object of C++, an exception, a
/// structure, an array, a 31-bit integer. The object lives as long as the handle.
///
/// A reference that may be null is a `std::optional<Ref>`.
class Ref : public UniqueHandle<safewasm_ref_t, safewasm_ref_delete, safewasm_ref_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// A reference to an object of C++, for wasm to hold as `externref`. The object is destroyed once, when
  /// neither wasm nor a handle can reach it, at the latest with the store, on whichever thread that is.
  template <class T>
  [[nodiscard]] static Ref external(StoreRef store, T&& object) {
    safewasm_error_t* carrier = nullptr;
    detail::check(detail::carry(std::make_unique<std::decay_t<T>>(std::forward<T>(object)),
                                "an object of C++ that wasm holds", &carrier));
    return Ref(
        detail::get<safewasm_ref_t*>(safewasm_ref_new_extern, store.raw(), carrier, detail::delete_carrier));
  }

  /// A reference to a 31-bit integer: the low 31 bits of `value`.
  [[nodiscard]] static Ref i31(StoreRef store, std::uint32_t value) {
    return Ref(detail::get<safewasm_ref_t*>(safewasm_ref_new_i31, store.raw(), value));
  }

  /// A new exception of wasm, which `WasmException` throws.
  ///
  /// Errors: `type_mismatch` for other fields than the tag's; `wrong_store`, `limit`.
  [[nodiscard]] static Ref exception(const Tag& tag, Span<const Arg> fields);

  /// A new structure, with a value for each field.
  ///
  /// Errors: `type_mismatch` for other values than the type's, or a type of arrays; `invalid_argument` for a
  /// number that doesn't fit into a field of 8 or 16 bits; `wrong_store`, `wrong_engine`, `limit`.
  [[nodiscard]] static Ref structure(StoreRef store, const HeapType& type, Span<const Arg> values);

  /// A new array with these elements. Errors: as `structure`.
  [[nodiscard]] static Ref array(StoreRef store, const HeapType& type, Span<const Arg> values);

  /// A new array of `len` elements, each of them `value`, or 0 or null. Errors: as `structure`.
  [[nodiscard]] static Ref array_of(StoreRef store, const HeapType& type, std::size_t len, const Arg& value);
  [[nodiscard]] static Ref array_of(StoreRef store, const HeapType& type, std::size_t len) {
    return Ref(detail::get<safewasm_ref_t*>(safewasm_ref_new_array_filled, store.raw(), type.raw(), len,
                                            nullptr));
  }

  /// The object that `external` was given, or NULL if this refers to anything else: an object of another type
  /// (bases of its class too), or a reference that C code made. The object lives as long as wasm or a handle
  /// can reach it.
  template <class T>
  [[nodiscard]] T* get_if() const {
    void* env = nullptr;
    if (safewasm_error_t* const error = safewasm_ref_env(raw(), &env)) {
      if (safewasm_error_kind(error) != SAFEWASM_ERROR_TYPE_MISMATCH) detail::raise(error);
      safewasm_error_delete(error);
    }
    return detail::carried<std::remove_const_t<T>>(static_cast<safewasm_error_t*>(env));
  }

  /// The object that `external` was given. Errors: `type_mismatch` if this refers to anything else.
  template <class T>
  [[nodiscard]] T& get() const {
    if (T* const object = get_if<T>()) return *object;
    throw Error(ErrorKind::type_mismatch, "the reference refers to no C++ object of the wanted type");
  }

  /// The `env` of an external reference that the C functions made. Errors: `type_mismatch`.
  [[nodiscard]] void* env() const { return detail::get<void*>(safewasm_ref_env, raw()); }

  /// The value of a 31-bit integer. Errors: `type_mismatch` if this refers to anything else.
  [[nodiscard]] std::uint32_t i31() const { return detail::get<std::uint32_t>(safewasm_ref_i31, raw()); }

  /// The tag of an exception. Errors: `type_mismatch` if this refers to anything else.
  [[nodiscard]] Tag tag() const;

  /// The values in an exception, a structure or an array; none of anything else.
  [[nodiscard]] std::vector<Val> fields() const;

  /// The value at an index, counted from 0, of an exception, a structure or an array. Errors: `not_found`.
  [[nodiscard]] Val field(std::size_t index) const;

  /// The type of that value. Errors: `not_found`.
  [[nodiscard]] FieldType field_type(std::size_t index) const {
    return FieldType::of(detail::get<safewasm_fieldtype_t>(safewasm_ref_field_type, raw(), index));
  }

  /// Sets the value at an index, counted from 0, of a structure or an array.
  ///
  /// Errors: `not_found`; `type_mismatch` for a value of another type, or an immutable one; `invalid_argument`
  /// for a number that doesn't fit into a field of 8 or 16 bits; `wrong_store`.
  void set_field(std::size_t index, const Arg& value) const;

  /// The type of the object itself.
  [[nodiscard]] ValType type() const {
    return ValType::of(detail::get<safewasm_valtype_t>(safewasm_ref_type, raw()));
  }

  /// Whether both refer to the same object. Errors: `wrong_store`.
  [[nodiscard]] bool same(const Ref& other) const {
    return detail::get<std::uint32_t>(safewasm_ref_same, raw(), other.raw()) != 0;
  }

  /// Another handle of the same reference.
  [[nodiscard]] Ref clone() const { return Ref(detail::get<safewasm_ref_t*>(safewasm_ref_clone, raw())); }
};

/// A function, of wasm or of the host, and a reference to one.
///
/// A reference that may be null is a `std::optional<Func>`.
class Func : public UniqueHandle<safewasm_func_t, safewasm_func_delete, safewasm_func_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// A host function of a type that isn't known when the program is compiled. `function` takes a `Caller&`
  /// and the arguments as a `std::vector<Val>`, and returns the results as one. Exceptions, ownership and
  /// references are as with `wrap`.
  ///
  /// Errors: `wrong_engine`, `limit`. The call that leads to it fails with `type_mismatch` if the results are
  /// of another number or types than in `type`.
  template <class F>
  Func(StoreRef store, const FuncType& type, F&& function);

  /// A host function. `function` is a lambda, a function, or another object that can be called; its first
  /// parameter may be a `Caller&`. The type of the host function follows from that of `function`:
  ///
  /// | C++                                           | wasm                        |
  /// | `std::int32_t`, `std::uint32_t`               | `i32`                       |
  /// | `std::int64_t`, `std::uint64_t`               | `i64`                       |
  /// | `float`, `double`, `V128`                     | `f32`, `f64`, `v128`        |
  /// | `Ref`, `std::optional<Ref>`                   | `(ref extern)`, `externref` |
  /// | `Func`, `std::optional<Func>`                 | `(ref func)`, `funcref`     |
  /// | `void`, one of these, a `std::tuple` of these | no, one, several results    |
  ///
  /// If `function` takes `auto` or is overloaded, give the type: `Func::wrap<double(double)>(store, f)`.
  ///
  /// The library owns `function`, and destroys it once: when nothing can call it any more, at the latest with
  /// the store. An exception that it throws ends the call of wasm, which throws it again with its own type;
  /// wasm can catch a `WasmException` before that. References among its arguments are handles of its own,
  /// which it may keep.
  ///
  /// Errors: `limit`.
  template <class Signature = void, class F>
  [[nodiscard]] static Func wrap(StoreRef store, F&& function);

  /// The type.
  [[nodiscard]] FuncType type() const {
    return FuncType(detail::get<safewasm_functype_t*>(safewasm_func_type, raw()));
  }

  /// The function with its type in C++, which is checked here once. The C++ types are those of `wrap`; `Ref`
  /// and `std::optional<Ref>` stand for any reference to something other than a function. The overload for
  /// `std::move(func).typed<…>()` uses this handle, the other one a new one.
  ///
  /// Errors: `type_mismatch`, with both types.
  template <class Signature>
  [[nodiscard]] TypedFunc<Signature> typed() &&;
  template <class Signature>
  [[nodiscard]] TypedFunc<Signature> typed() const&;

  /// Calls the function with values, such as `func.call({1, 2.5})`, and returns the results. A call of a
  /// `TypedFunc` is faster.
  ///
  /// Errors: `type_mismatch`, quoting the signature; `wrong_store`; the errors of a call of a `TypedFunc`.
  std::vector<Val> call(Span<const Arg> args) const;

  /// As `call`, but returns the error.
  Result<std::vector<Val>> try_call(Span<const Arg> args) const;

  /// Whether both are the same function. Errors: `wrong_store`.
  [[nodiscard]] bool same(const Func& other) const {
    return detail::get<std::uint32_t>(safewasm_func_same, raw(), other.raw()) != 0;
  }

  /// Another handle of the same function.
  [[nodiscard]] Func clone() const { return Func(detail::get<safewasm_func_t*>(safewasm_func_clone, raw())); }
};

/// A null reference to something other than a function, as a value: `null_ref`.
struct NullRef {};
inline constexpr NullRef null_ref{};

/// A null reference to a function, as a value: `null_func`.
struct NullFunc {};
inline constexpr NullFunc null_func{};

namespace detail {

template <class T>
inline constexpr bool is_character =
    std::is_same_v<T, bool> || std::is_same_v<T, char> || std::is_same_v<T, wchar_t> ||
    std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;

template <class T>
inline constexpr bool is_integer =
    std::is_integral_v<T> && !is_character<T> && (sizeof(T) == 4 || sizeof(T) == 8);

// Whether a type of C++ stands for a number or vector, which a slot holds.
template <class T>
inline constexpr bool is_number =
    is_integer<T> || std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, V128>;

template <class T>
inline constexpr bool is_reference = std::is_same_v<T, Ref> || std::is_same_v<T, std::optional<Ref>> ||
                                     std::is_same_v<T, Func> || std::is_same_v<T, std::optional<Func>>;

// A kind of value, as messages name it.
[[nodiscard]] inline const char* described(ValKind kind) noexcept {
  constexpr const char* names[] = {"i32", "i64", "f32", "f64", "v128",
                                   "a reference to something other than a function", "a reference to a function"};
  return names[static_cast<std::size_t>(kind) - 1];
}

// The type of wasm that a type of C++ stands for.
template <class T>
[[nodiscard]] constexpr ValType valtype() noexcept {
  static_assert(is_number<T> || is_reference<T>,
                "wasm has no such type: use an integer of 32 or 64 bits, float, double, V128, Ref, Func, "
                "std::optional<Ref> or std::optional<Func>");
  if constexpr (is_integer<T>) {
    return sizeof(T) == 4 ? ValType::i32() : ValType::i64();
  } else if constexpr (std::is_same_v<T, float>) {
    return ValType::f32();
  } else if constexpr (std::is_same_v<T, double>) {
    return ValType::f64();
  } else if constexpr (std::is_same_v<T, V128>) {
    return ValType::v128();
  } else if constexpr (std::is_same_v<T, Ref> || std::is_same_v<T, std::optional<Ref>>) {
    return ValType::ref(HeapKind::external, !std::is_same_v<T, Ref>);
  } else {
    return {ValKind::func, HeapKind::func, !std::is_same_v<T, Func>};
  }
}

// Puts a number into a slot.
template <class T>
void put(safewasm_slot_t& slot, T value) noexcept {
  if constexpr (is_integer<T> && sizeof(T) == 4) {
    slot.i32 = static_cast<std::int32_t>(value);
  } else if constexpr (is_integer<T>) {
    slot.i64 = static_cast<std::int64_t>(value);
  } else if constexpr (std::is_same_v<T, float>) {
    slot.f32 = value;
  } else if constexpr (std::is_same_v<T, double>) {
    slot.f64 = value;
  } else {
    std::memcpy(slot.v128, value.bytes.data(), sizeof slot.v128);
  }
}

// The number in a slot.
template <class T>
[[nodiscard]] T take(const safewasm_slot_t& slot) noexcept {
  if constexpr (is_integer<T> && sizeof(T) == 4) {
    return static_cast<T>(slot.i32);
  } else if constexpr (is_integer<T>) {
    return static_cast<T>(slot.i64);
  } else if constexpr (std::is_same_v<T, float>) {
    return slot.f32;
  } else if constexpr (std::is_same_v<T, double>) {
    return slot.f64;
  } else {
    V128 vector;
    std::memcpy(vector.bytes.data(), slot.v128, sizeof slot.v128);
    return vector;
  }
}

inline bool is_empty(const Ref& ref) noexcept { return ref.raw() == nullptr; }
inline bool is_empty(const Func& func) noexcept { return func.raw() == nullptr; }
template <class T>
bool is_empty(const std::optional<T>& reference) noexcept {
  return reference && is_empty(*reference);
}

// The C functions take NULL for a null reference, so an empty handle is found here.
template <class T>
[[nodiscard]] T&& not_empty(T&& reference) {
  if (!is_empty(reference)) return std::forward<T>(reference);
  throw Error(ErrorKind::null_pointer,
              "a reference is empty, since it was moved from; `std::nullopt` stands for a null one");
}

inline safewasm_val_t raw_ref(safewasm_ref_t* ref) noexcept {
  safewasm_val_t raw{};
  raw.kind = SAFEWASM_VAL_REF;
  raw.of.reference = ref;
  return raw;
}

inline safewasm_val_t raw_func(safewasm_func_t* func) noexcept {
  safewasm_val_t raw{};
  raw.kind = SAFEWASM_VAL_FUNC;
  raw.of.func = func;
  return raw;
}

}  // namespace detail

/// A value as an argument: made from a number, a `V128`, a `Ref`, a `Func`, a `std::optional` of these two,
/// `null_ref`, `null_func` or a `Val`. It owns nothing, so a reference must outlive it.
class Arg {
 public:
  /// A number or vector.
  template <class T, class = std::enable_if_t<detail::is_number<T>>>
  Arg(T number) noexcept {
    raw_.kind = static_cast<std::uint8_t>(detail::valtype<T>().kind);
    detail::put(raw_.of, number);
  }

  /// A null reference.
  Arg(NullRef) noexcept : raw_(detail::raw_ref(nullptr)) {}
  Arg(NullFunc) noexcept : raw_(detail::raw_func(nullptr)) {}

  /// A reference. Errors: `null_pointer` for one that was moved from.
  Arg(const Ref& ref) : raw_(detail::raw_ref(detail::not_empty(ref).raw())) {}
  Arg(const Func& func) : raw_(detail::raw_func(detail::not_empty(func).raw())) {}
  Arg(const std::optional<Ref>& ref) : Arg(ref ? Arg(*ref) : Arg(null_ref)) {}
  Arg(const std::optional<Func>& func) : Arg(func ? Arg(*func) : Arg(null_func)) {}

  /// The value that a function gave. Errors: `null_pointer` if its reference was moved out of it.
  Arg(const Val& value);

  /// The value as the C functions take it.
  [[nodiscard]] const safewasm_val_t& raw() const noexcept { return raw_; }

 private:
  safewasm_val_t raw_{};
};

/// A value that a function gave. It owns the handle of a reference.
class Val {
 public:
  /// A number or vector.
  template <class T, class = std::enable_if_t<detail::is_number<T>>>
  Val(T number) noexcept {
    using Kept = std::conditional_t<detail::is_integer<T>,
                                    std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>, T>;
    content_ = static_cast<Kept>(number);
  }

  /// A null reference.
  Val(NullRef) noexcept : content_(std::optional<Ref>()) {}
  Val(NullFunc) noexcept : content_(std::optional<Func>()) {}

  /// A reference. Errors: `null_pointer` for one that was moved from.
  Val(Ref ref) : content_(std::optional<Ref>(detail::not_empty(std::move(ref)))) {}
  Val(Func func) : content_(std::optional<Func>(detail::not_empty(std::move(func)))) {}
  Val(std::optional<Ref> ref) : content_(detail::not_empty(std::move(ref))) {}
  Val(std::optional<Func> func) : content_(detail::not_empty(std::move(func))) {}

  /// Takes over a value of the C functions.
  [[nodiscard]] static Val adopt(const safewasm_val_t& raw) noexcept;

  /// A value of its own, with another handle of the same reference.
  [[nodiscard]] static Val copy_of(const safewasm_val_t& raw);

  /// The kind.
  [[nodiscard]] ValKind kind() const noexcept { return static_cast<ValKind>(content_.index() + 1); }

  /// Whether this is a value of the type that `T` stands for. `T` is one of the types of `Func::wrap`.
  template <class T>
  [[nodiscard]] bool is() const noexcept;

  /// The value as a `T`, one of the types of `Func::wrap`: `val.get<std::int32_t>()`.
  ///
  /// Errors: `type_mismatch` for a value of another type, or a null reference as a `Ref` or `Func`.
  template <class T>
  [[nodiscard]] decltype(auto) get() const&;
  template <class T>
  [[nodiscard]] T get() &&;

  /// Gives up the value for the C functions: the caller then owns the handle of a reference. This is a null
  /// reference afterwards. Errors: `null_pointer` if the reference was moved out of this.
  [[nodiscard]] safewasm_val_t release();

 private:
  template <class T>
  using Stored = std::conditional_t<
      detail::is_integer<T>, std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>,
      std::conditional_t<std::is_same_v<T, Ref>, std::optional<Ref>,
                         std::conditional_t<std::is_same_v<T, Func>, std::optional<Func>, T>>>;

  template <class T>
  void must_be() const;

  friend class Arg;
  // In the order of the kinds, from 1.
  std::variant<std::int32_t, std::int64_t, float, double, V128, std::optional<Ref>, std::optional<Func>>
      content_;
};

inline Arg::Arg(const Val& value)
    : Arg(std::visit([](const auto& content) { return Arg(content); }, value.content_)) {}

inline Val Val::adopt(const safewasm_val_t& raw) noexcept {
  switch (static_cast<ValKind>(raw.kind)) {
    case ValKind::i64:
      return raw.of.i64;
    case ValKind::f32:
      return raw.of.f32;
    case ValKind::f64:
      return raw.of.f64;
    case ValKind::v128:
      return detail::take<V128>(raw.of);
    case ValKind::ref:
      if (raw.of.reference == nullptr) return null_ref;
      return Ref(raw.of.reference);
    case ValKind::func:
      if (raw.of.func == nullptr) return null_func;
      return Func(raw.of.func);
    case ValKind::i32:
    default:
      return raw.of.i32;
  }
}

inline Val Val::copy_of(const safewasm_val_t& raw) {
  safewasm_val_t copy = raw;
  if (raw.kind == SAFEWASM_VAL_REF && raw.of.reference != nullptr) {
    copy.of.reference = detail::get<safewasm_ref_t*>(safewasm_ref_clone, raw.of.reference);
  } else if (raw.kind == SAFEWASM_VAL_FUNC && raw.of.func != nullptr) {
    copy.of.func = detail::get<safewasm_func_t*>(safewasm_func_clone, raw.of.func);
  }
  return adopt(copy);
}

template <class T>
bool Val::is() const noexcept {
  return kind() == detail::valtype<T>().kind;
}

template <class T>
void Val::must_be() const {
  if (!is<T>()) {
    throw Error(ErrorKind::type_mismatch, std::string("the value is ") + detail::described(kind()) + ", not " +
                                              detail::described(detail::valtype<T>().kind));
  }
  if constexpr (std::is_same_v<T, Ref> || std::is_same_v<T, Func>) {
    if (!std::get<Stored<T>>(content_)) {
      throw Error(ErrorKind::type_mismatch, "the value is a null reference; take it as a std::optional");
    }
  }
}

template <class T>
decltype(auto) Val::get() const& {
  must_be<T>();
  if constexpr (detail::is_integer<T>) {
    return static_cast<T>(std::get<Stored<T>>(content_));
  } else if constexpr (std::is_same_v<T, Ref> || std::is_same_v<T, Func>) {
    return static_cast<const T&>(*std::get<Stored<T>>(content_));
  } else {
    return static_cast<const T&>(std::get<Stored<T>>(content_));
  }
}

template <class T>
T Val::get() && {
  must_be<T>();
  if constexpr (detail::is_integer<T>) {
    return static_cast<T>(std::get<Stored<T>>(content_));
  } else if constexpr (std::is_same_v<T, Ref> || std::is_same_v<T, Func>) {
    return std::move(*std::get<Stored<T>>(content_));
  } else {
    return std::move(std::get<Stored<T>>(content_));
  }
}

inline safewasm_val_t Val::release() {
  const safewasm_val_t raw = Arg(*this).raw();
  std::visit(
      [](auto& content) {
        if constexpr (detail::is_reference<std::decay_t<decltype(content)>>) {
          if (content) static_cast<void>(content->release());
          content.reset();
        }
      },
      content_);
  return raw;
}

}  // namespace safewasm

#endif
