/* Items: globals, tables and tags, and anything else that instances import and export. */
#ifndef SAFEWASM_ITEMS_HPP
#define SAFEWASM_ITEMS_HPP

#include <safewasm/func.hpp>
#include <safewasm/memory.hpp>

namespace safewasm {

/// A global: a value that instances and the program share.
class Global : public UniqueHandle<safewasm_global_t, safewasm_global_delete, safewasm_global_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// A global that the program makes.
  ///
  /// Errors: `type_mismatch` for a value of another type; `invalid_argument` for a type that can't be;
  /// `wrong_store`, `limit`.
  Global(StoreRef store, const GlobalType& type, const Arg& initial)
      : UniqueHandle(make(store, type.raw(), initial)) {}

  /// The type.
  [[nodiscard]] GlobalType type() const {
    return GlobalType::of(detail::get<safewasm_globaltype_t>(safewasm_global_type, raw()));
  }

  /// The value.
  [[nodiscard]] Val get() const {
    return Val::adopt(detail::get<safewasm_val_t>(safewasm_global_get, raw()));
  }

  /// The value as a `T`, as `Val::get` gives it. Errors: `type_mismatch`.
  template <class T>
  [[nodiscard]] T get() const {
    return get().template get<T>();
  }

  /// Sets the value. Errors: `type_mismatch` for a value of another type, or an immutable global;
  /// `wrong_store`.
  void set(const Arg& value) const { detail::check(safewasm_global_set(raw(), &value.raw())); }

 private:
  [[nodiscard]] static safewasm_global_t* make(StoreRef store, const safewasm_globaltype_t& type,
                                               const Arg& initial) {
    return detail::get<safewasm_global_t*>(safewasm_global_new, store.raw(), &type, &initial.raw());
  }
};

/// A table: a list of references. Indices count from 0.
///
/// Errors of all that takes a value: `type_mismatch` for one of another type; `wrong_store`.
class Table : public UniqueHandle<safewasm_table_t, safewasm_table_delete, safewasm_table_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// A table that the program makes, with each element `initial`: a reference, `null_ref` or `null_func`.
  ///
  /// Errors: `invalid_argument` for a type that can't be; `limit`.
  Table(StoreRef store, const TableType& type, const Arg& initial)
      : UniqueHandle(make(store, type.raw(), initial)) {}

  /// The type; its `min` is the number of elements that the table has now.
  [[nodiscard]] TableType type() const {
    return TableType::of(detail::get<safewasm_tabletype_t>(safewasm_table_type, raw()));
  }

  /// The number of elements.
  [[nodiscard]] std::uint64_t size() const { return detail::get<std::uint64_t>(safewasm_table_size, raw()); }

  /// The element at `index`. Errors: `out_of_bounds`.
  [[nodiscard]] Val get(std::uint64_t index) const {
    return Val::adopt(detail::get<safewasm_val_t>(safewasm_table_get, raw(), index));
  }

  /// The element as a `T`, as `Val::get` gives it. Errors: `out_of_bounds`, `type_mismatch`.
  template <class T>
  [[nodiscard]] T get(std::uint64_t index) const {
    return get(index).template get<T>();
  }

  /// Sets the element at `index`. Errors: `out_of_bounds`.
  void set(std::uint64_t index, const Arg& value) const {
    detail::check(safewasm_table_set(raw(), index, &value.raw()));
  }

  /// Adds `count` elements, each of them `value`, and returns the size before. Errors: `limit`.
  std::uint64_t grow(std::uint64_t count, const Arg& value) const {
    return detail::get<std::uint64_t>(safewasm_table_grow, raw(), count, &value.raw());
  }

  /// Sets `count` elements from `start` on to `value`. Errors: `out_of_bounds`; then nothing is set.
  void fill(std::uint64_t start, std::uint64_t count, const Arg& value) const {
    detail::check(safewasm_table_fill(raw(), start, count, &value.raw()));
  }

  /// Copies `count` elements of `from`, from its `from_start` on, to `start` on.
  ///
  /// Errors: `out_of_bounds`; then nothing is copied.
  void copy(std::uint64_t start, const Table& from, std::uint64_t from_start, std::uint64_t count) const {
    detail::check(safewasm_table_copy(raw(), start, from.raw(), from_start, count));
  }

 private:
  [[nodiscard]] static safewasm_table_t* make(StoreRef store, const safewasm_tabletype_t& type,
                                              const Arg& initial) {
    return detail::get<safewasm_table_t*>(safewasm_table_new, store.raw(), &type, &initial.raw());
  }
};

/// A tag, which identifies a kind of exceptions of wasm.
class Tag : public UniqueHandle<safewasm_tag_t, safewasm_tag_delete, safewasm_tag_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// A tag that the program makes, for exceptions that carry the parameters of `type`.
  ///
  /// Errors: `type_mismatch` for a type with results; `wrong_engine`, `limit`.
  Tag(StoreRef store, const FuncType& type)
      : UniqueHandle(detail::get<safewasm_tag_t*>(safewasm_tag_new, store.raw(), type.raw())) {}

  /// A function type. Its parameters are the values that the exceptions carry.
  [[nodiscard]] FuncType type() const {
    return FuncType(detail::get<safewasm_functype_t*>(safewasm_tag_type, raw()));
  }

  /// Whether both are the same tag. Errors: `wrong_store`.
  [[nodiscard]] bool same(const Tag& other) const {
    return detail::get<std::uint32_t>(safewasm_tag_same, raw(), other.raw()) != 0;
  }
};

/// An import or export, as its owner has it. `std::get_if<Func>(&item)` and `std::visit` look into it.
using Extern = std::variant<Func, Memory, Table, Global, Tag, SharedMemory>;

/// An import, as a function takes it: made from a `Func`, `Memory`, `Table`, `Global`, `Tag`, `SharedMemory`
/// or `Extern`. It owns nothing, so the item must outlive it.
class Import {
 public:
  /// The item as an import; an empty one is an error where the import is used.
  Import(const Func& func) noexcept { set(SAFEWASM_EXTERN_FUNC).func = func.raw(); }
  Import(const Memory& memory) noexcept { set(SAFEWASM_EXTERN_MEMORY).memory = memory.raw(); }
  Import(const Table& table) noexcept { set(SAFEWASM_EXTERN_TABLE).table = table.raw(); }
  Import(const Global& global) noexcept { set(SAFEWASM_EXTERN_GLOBAL).global = global.raw(); }
  Import(const Tag& tag) noexcept { set(SAFEWASM_EXTERN_TAG).tag = tag.raw(); }
  Import(const SharedMemory& memory) noexcept {
    set(SAFEWASM_EXTERN_SHARED_MEMORY).sharedmemory = memory.raw();
  }
  Import(const Extern& item) : Import(std::visit([](const auto& each) { return Import(each); }, item)) {}
  template <class Signature>
  Import(const TypedFunc<Signature>& func) noexcept : Import(func.func()) {}

  /// The import as the C functions take it.
  [[nodiscard]] const safewasm_extern_t& raw() const noexcept { return raw_; }

 private:
  safewasm_externhandle_t& set(std::uint32_t kind) noexcept {
    raw_.kind = kind;
    return raw_.of;
  }

  safewasm_extern_t raw_{};
};

namespace detail {

// Takes over an item of the C functions.
inline Extern adopt(const safewasm_extern_t& raw) {
  switch (static_cast<ExternKind>(raw.kind)) {
    case ExternKind::memory:
      return Memory(raw.of.memory);
    case ExternKind::table:
      return Table(raw.of.table);
    case ExternKind::global:
      return Global(raw.of.global);
    case ExternKind::tag:
      return Tag(raw.of.tag);
    case ExternKind::shared_memory:
      return SharedMemory(raw.of.sharedmemory);
    case ExternKind::func:
    default:
      return Func(raw.of.func);
  }
}

inline const char* name(const Extern& item) noexcept {
  static constexpr const char* names[] = {"function", "memory", "table", "global", "tag", "shared memory"};
  return names[item.index()];
}

// The item, which has to be of that kind.
template <class T>
[[nodiscard]] T as(Extern item, std::string_view called) {
  if (T* const found = std::get_if<T>(&item)) return std::move(*found);
  throw Error(ErrorKind::type_mismatch, "the export \"" + std::string(called) + "\" is a " + name(item));
}

}  // namespace detail

namespace detail {

[[nodiscard]] inline std::vector<safewasm_val_t> raw_values(Span<const Arg> values) {
  std::vector<safewasm_val_t> raw;
  raw.reserve(values.size());
  for (const Arg& value : values) raw.push_back(value.raw());
  return raw;
}

}  // namespace detail

inline Ref Ref::exception(const Tag& tag, Span<const Arg> fields) {
  const auto raw = detail::raw_values(fields);
  return Ref(detail::get<safewasm_ref_t*>(safewasm_ref_new_exception, tag.raw(), raw.data(), raw.size()));
}

inline Ref Ref::structure(StoreRef store, const HeapType& type, Span<const Arg> values) {
  const auto raw = detail::raw_values(values);
  return Ref(detail::get<safewasm_ref_t*>(safewasm_ref_new_struct, store.raw(), type.raw(), raw.data(),
                                          raw.size()));
}

inline Ref Ref::array(StoreRef store, const HeapType& type, Span<const Arg> values) {
  const auto raw = detail::raw_values(values);
  return Ref(detail::get<safewasm_ref_t*>(safewasm_ref_new_array, store.raw(), type.raw(), raw.data(),
                                          raw.size()));
}

inline Ref Ref::array_of(StoreRef store, const HeapType& type, std::size_t len, const Arg& value) {
  return Ref(detail::get<safewasm_ref_t*>(safewasm_ref_new_array_filled, store.raw(), type.raw(), len,
                                          &value.raw()));
}

inline Tag Ref::tag() const { return Tag(detail::get<safewasm_tag_t*>(safewasm_ref_tag, raw())); }

inline WasmException::WasmException(const Tag& tag, Span<const Arg> fields)
    : WasmException(Ref::exception(tag, fields)) {}

inline WasmException::WasmException(const Ref& ref)
    : Error(Error::adopt(detail::get<safewasm_error_t*>(safewasm_error_new_exception, ref.raw()))) {}

inline Ref WasmException::ref() const {
  return Ref(detail::get<safewasm_ref_t*>(safewasm_error_exception, raw()));
}

inline Tag WasmException::tag() const { return ref().tag(); }

inline std::vector<Val> WasmException::fields() const { return ref().fields(); }

}  // namespace safewasm

#endif
