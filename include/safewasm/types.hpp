/* Types: of values, functions, memories, tables, globals, imports and exports. */
#ifndef SAFEWASM_TYPES_HPP
#define SAFEWASM_TYPES_HPP

#include <safewasm/error.hpp>

namespace safewasm {

class Engine;

/// The kind of a value: `safewasm_valkind_t`.
enum class ValKind : std::uint8_t {
  i32 = SAFEWASM_VAL_I32,
  i64 = SAFEWASM_VAL_I64,
  f32 = SAFEWASM_VAL_F32,
  f64 = SAFEWASM_VAL_F64,
  v128 = SAFEWASM_VAL_V128,
  /// A reference to something other than a function.
  ref = SAFEWASM_VAL_REF,
  /// A reference to a function.
  func = SAFEWASM_VAL_FUNC,
};

/// The kind of a reference's target: `safewasm_heapkind_t` of the C header, which describes each.
enum class HeapKind : std::uint8_t {
  not_a_reference = SAFEWASM_HEAP_NOT_A_REFERENCE,
  func = SAFEWASM_HEAP_FUNC,
  external = SAFEWASM_HEAP_EXTERN,
  any = SAFEWASM_HEAP_ANY,
  eq = SAFEWASM_HEAP_EQ,
  i31 = SAFEWASM_HEAP_I31,
  structure = SAFEWASM_HEAP_STRUCT,
  array = SAFEWASM_HEAP_ARRAY,
  exn = SAFEWASM_HEAP_EXN,
  cont = SAFEWASM_HEAP_CONT,
  none = SAFEWASM_HEAP_NONE,
  nofunc = SAFEWASM_HEAP_NOFUNC,
  noextern = SAFEWASM_HEAP_NOEXTERN,
  noexn = SAFEWASM_HEAP_NOEXN,
  nocont = SAFEWASM_HEAP_NOCONT,
  concrete_func = SAFEWASM_HEAP_CONCRETE_FUNC,
  concrete_struct = SAFEWASM_HEAP_CONCRETE_STRUCT,
  concrete_array = SAFEWASM_HEAP_CONCRETE_ARRAY,
  concrete_exn = SAFEWASM_HEAP_CONCRETE_EXN,
  concrete_cont = SAFEWASM_HEAP_CONCRETE_CONT,
};

/// The kind of an import or export: `safewasm_externkind_t`.
enum class ExternKind : std::uint32_t {
  func = SAFEWASM_EXTERN_FUNC,
  memory = SAFEWASM_EXTERN_MEMORY,
  table = SAFEWASM_EXTERN_TABLE,
  global = SAFEWASM_EXTERN_GLOBAL,
  tag = SAFEWASM_EXTERN_TAG,
  shared_memory = SAFEWASM_EXTERN_SHARED_MEMORY,
};

/// The type of a value.
struct ValType {
  /// The kind of the value.
  ValKind kind = ValKind::i32;
  /// The kind of a reference's target.
  HeapKind heap = HeapKind::not_a_reference;
  /// Whether the reference may be null.
  bool nullable = false;

  /// Numbers and vectors.
  [[nodiscard]] static constexpr ValType i32() noexcept { return {ValKind::i32}; }
  [[nodiscard]] static constexpr ValType i64() noexcept { return {ValKind::i64}; }
  [[nodiscard]] static constexpr ValType f32() noexcept { return {ValKind::f32}; }
  [[nodiscard]] static constexpr ValType f64() noexcept { return {ValKind::f64}; }
  [[nodiscard]] static constexpr ValType v128() noexcept { return {ValKind::v128}; }

  /// References that may be null.
  [[nodiscard]] static constexpr ValType funcref() noexcept { return {ValKind::func, HeapKind::func, true}; }
  [[nodiscard]] static constexpr ValType externref() noexcept { return ref(HeapKind::external); }
  [[nodiscard]] static constexpr ValType anyref() noexcept { return ref(HeapKind::any); }
  [[nodiscard]] static constexpr ValType exnref() noexcept { return ref(HeapKind::exn); }

  /// A reference to something other than a function.
  [[nodiscard]] static constexpr ValType ref(HeapKind heap, bool nullable = true) noexcept {
    return {ValKind::ref, heap, nullable};
  }

  /// The same type as the C functions take it.
  [[nodiscard]] constexpr safewasm_valtype_t raw() const noexcept {
    return {static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(heap), nullable};
  }

  /// A type that the C functions gave.
  [[nodiscard]] static constexpr ValType of(safewasm_valtype_t raw) noexcept {
    return {static_cast<ValKind>(raw.kind), static_cast<HeapKind>(raw.heap), raw.nullable};
  }

  friend constexpr bool operator==(ValType a, ValType b) noexcept {
    return a.kind == b.kind && a.heap == b.heap && a.nullable == b.nullable;
  }
  friend constexpr bool operator!=(ValType a, ValType b) noexcept { return !(a == b); }
};

/// The type of a memory. Sizes are in pages.
struct MemoryType {
  /// The size at the start; of a memory that there is, its size now.
  std::uint64_t min = 0;
  /// The largest size, if there is one.
  std::optional<std::uint64_t> max = std::nullopt;
  /// Whether addresses have 64 bits.
  bool is_64 = false;
  /// Whether threads may share the memory.
  bool is_shared = false;
  /// The size of a page in bytes.
  std::uint64_t page_size = 65536;

  /// The same type as the C functions take it.
  [[nodiscard]] constexpr safewasm_memorytype_t raw() const noexcept {
    return {min, max.value_or(0), page_size, max.has_value(), is_64, is_shared};
  }

  /// A type that the C functions gave.
  [[nodiscard]] static constexpr MemoryType of(const safewasm_memorytype_t& raw) noexcept {
    return {raw.min, raw.has_max ? std::optional(raw.max) : std::nullopt, raw.is_64, raw.is_shared,
            raw.page_size};
  }
};

/// The type of a table. Sizes are in elements.
struct TableType {
  /// The type of the elements.
  ValType element;
  /// The size at the start; of a table that there is, its size now.
  std::uint64_t min = 0;
  /// The largest size, if there is one.
  std::optional<std::uint64_t> max = std::nullopt;
  /// Whether indices have 64 bits.
  bool is_64 = false;

  /// The same type as the C functions take it.
  [[nodiscard]] constexpr safewasm_tabletype_t raw() const noexcept {
    return {min, max.value_or(0), max.has_value(), is_64, element.raw()};
  }

  /// A type that the C functions gave.
  [[nodiscard]] static constexpr TableType of(const safewasm_tabletype_t& raw) noexcept {
    return {ValType::of(raw.element), raw.min, raw.has_max ? std::optional(raw.max) : std::nullopt,
            raw.is_64};
  }
};

/// The type of a global.
struct GlobalType {
  /// The type of the value.
  ValType content;
  /// Whether the value can change.
  bool is_mutable = false;

  /// The same type as the C functions take it.
  [[nodiscard]] constexpr safewasm_globaltype_t raw() const noexcept { return {content.raw(), is_mutable}; }

  /// A type that the C functions gave.
  [[nodiscard]] static constexpr GlobalType of(const safewasm_globaltype_t& raw) noexcept {
    return {ValType::of(raw.content), raw.is_mutable};
  }
};

/// The type of a field of a structure, or of the elements of an array.
struct FieldType {
  /// The type of the value; `i32` for a field of 8 or 16 bits.
  ValType content;
  /// The number of bits that the field keeps of an `i32`, 8 or 16; 0 for a field that keeps its value as it is.
  std::uint8_t packed_bits = 0;
  /// Whether the value can change.
  bool is_mutable = false;

  /// A type that the C functions gave.
  [[nodiscard]] static constexpr FieldType of(const safewasm_fieldtype_t& raw) noexcept {
    return {ValType::of(raw.content), raw.packed_bits, raw.is_mutable};
  }
};

/// The type of a function or tag. Copies share one handle and are cheap; may be used from any threads.
class FuncType
    : public SharedHandle<safewasm_functype_t, safewasm_functype_delete, safewasm_functype_is_valid> {
 public:
  using SharedHandle::SharedHandle;

  /// A function type, such as `FuncType(engine, {ValType::i32()}, {})`.
  ///
  /// Errors: `invalid_argument` for a `ValType` that isn't valid, or that a module defines.
  FuncType(const Engine& engine, Span<const ValType> params, Span<const ValType> results);

  /// A function type from text, such as `FuncType(engine, "(i32, i64) -> f64")`: the reverse of `text`.
  ///
  /// Errors: `invalid_argument` for text that is no function type, with the place and what is expected there.
  FuncType(const Engine& engine, std::string_view text);

  /// The type of a C++ signature, such as `FuncType::of<std::int32_t(double)>(engine)`.
  template <class Signature>
  [[nodiscard]] static FuncType of(const Engine& engine);

  /// The types of the parameters, or of the values that a tag's exceptions carry.
  [[nodiscard]] std::vector<ValType> params() const {
    return list(safewasm_functype_params_len, safewasm_functype_param);
  }

  /// The types of the results.
  [[nodiscard]] std::vector<ValType> results() const {
    return list(safewasm_functype_results_len, safewasm_functype_result);
  }

  /// The type as text, such as `(i32, i32) -> i32`.
  [[nodiscard]] std::string text() const {
    return detail::string(detail::get<safewasm_text_t>(safewasm_functype_text, raw()));
  }

 private:
  template <class Len, class At>
  [[nodiscard]] std::vector<ValType> list(Len* len, At* at) const {
    std::vector<ValType> types(detail::get<std::size_t>(len, raw()));
    for (std::size_t i = 0; i < types.size(); i++) {
      types[i] = ValType::of(detail::get<safewasm_valtype_t>(at, raw(), i));
    }
    return types;
  }
};

/// The type of an import or export. Copies share one handle and are cheap; may be used from any threads.
///
/// Errors of `func`, `memory`, `table` and `global`: `type_mismatch` if it is the type of something else.
class ExternType
    : public SharedHandle<safewasm_externtype_t, safewasm_externtype_delete, safewasm_externtype_is_valid> {
 public:
  using SharedHandle::SharedHandle;

  /// The kind of import or export.
  [[nodiscard]] ExternKind kind() const {
    return static_cast<ExternKind>(detail::get<std::uint32_t>(safewasm_externtype_kind, raw()));
  }

  /// The type of a function or tag.
  [[nodiscard]] FuncType func() const {
    return FuncType(detail::get<safewasm_functype_t*>(safewasm_externtype_functype, raw()));
  }

  /// The type of a memory or shared memory.
  [[nodiscard]] MemoryType memory() const {
    return MemoryType::of(detail::get<safewasm_memorytype_t>(safewasm_externtype_memorytype, raw()));
  }

  /// The type of a table.
  [[nodiscard]] TableType table() const {
    return TableType::of(detail::get<safewasm_tabletype_t>(safewasm_externtype_tabletype, raw()));
  }

  /// The type of a global.
  [[nodiscard]] GlobalType global() const {
    return GlobalType::of(detail::get<safewasm_globaltype_t>(safewasm_externtype_globaltype, raw()));
  }

  /// The type as wasm's text format writes it, such as `(memory 1 10)`.
  [[nodiscard]] std::string text() const {
    return detail::string(detail::get<safewasm_text_t>(safewasm_externtype_text, raw()));
  }
};

class Ref;

/// The type of structures, or of arrays. Copies share one handle and are cheap; may be used from any threads.
///
/// Errors of `of_param`, `of_result`, `of_extern`, `of` and `of_field`: `type_mismatch` if the value is not a
/// reference to structures or arrays of one type; `not_found` for an index that there isn't.
class HeapType
    : public SharedHandle<safewasm_heaptype_t, safewasm_heaptype_delete, safewasm_heaptype_is_valid> {
 public:
  using SharedHandle::SharedHandle;

  /// A heap type from text, such as `HeapType(engine, "(struct (field i32) (field (mut f64)))")`, or the last
  /// of several definitions: `"(type $list (struct (field i32) (field (mut (ref null $list)))))"`.
  ///
  /// Errors: `invalid_text`, `invalid_argument`, `invalid_module` for text that is no such type.
  HeapType(const Engine& engine, std::string_view text);

  /// The type of the objects that a parameter, counted from 0, refers to.
  [[nodiscard]] static HeapType of_param(const FuncType& type, std::size_t index) {
    return HeapType(detail::get<safewasm_heaptype_t*>(safewasm_heaptype_of_param, type.raw(), index));
  }

  /// The type of the objects that a result, counted from 0, refers to.
  [[nodiscard]] static HeapType of_result(const FuncType& type, std::size_t index) {
    return HeapType(detail::get<safewasm_heaptype_t*>(safewasm_heaptype_of_result, type.raw(), index));
  }

  /// The type of the objects that the value of a global, or the elements of a table, refer to.
  [[nodiscard]] static HeapType of_extern(const ExternType& type) {
    return HeapType(detail::get<safewasm_heaptype_t*>(safewasm_heaptype_of_extern, type.raw()));
  }

  /// The type of a structure or array.
  [[nodiscard]] static HeapType of(const Ref& object);

  /// The type of the objects that a field, counted from 0, refers to.
  [[nodiscard]] HeapType of_field(std::size_t index) const {
    return HeapType(detail::get<safewasm_heaptype_t*>(safewasm_heaptype_of_field, raw(), index));
  }

  /// `HeapKind::structure` or `HeapKind::array`.
  [[nodiscard]] HeapKind kind() const {
    return static_cast<HeapKind>(detail::get<std::uint32_t>(safewasm_heaptype_kind, raw()));
  }

  /// The types of the fields of structures; of arrays one, the type of all elements.
  [[nodiscard]] std::vector<FieldType> fields() const {
    std::vector<FieldType> types(detail::get<std::size_t>(safewasm_heaptype_fields_len, raw()));
    for (std::size_t i = 0; i < types.size(); i++) {
      types[i] = FieldType::of(detail::get<safewasm_fieldtype_t>(safewasm_heaptype_field, raw(), i));
    }
    return types;
  }

  /// The type as text, such as `(struct (field i32) (field (mut f64)))`. Other types of the module in it are
  /// cut short: `(ref null (struct …))`.
  [[nodiscard]] std::string text() const {
    return detail::string(detail::get<safewasm_text_t>(safewasm_heaptype_text, raw()));
  }
};

}  // namespace safewasm

#endif
