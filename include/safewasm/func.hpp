/* Calls: functions with their type in C++, and calls with values. */
#ifndef SAFEWASM_FUNC_HPP
#define SAFEWASM_FUNC_HPP

#include <safewasm/value.hpp>

#include <algorithm>

namespace safewasm {

namespace detail {

// The results of a C++ function: none, one, or several.
template <class R>
struct Results {
  static constexpr bool are_numbers = is_number<R>;
  static constexpr std::array<ValType, 1> types{valtype<R>()};

  [[nodiscard]] static R take(const safewasm_slot_t* slots) noexcept { return detail::take<R>(slots[0]); }
  [[nodiscard]] static R take(Val* values) { return std::move(values[0]).template get<R>(); }

  static void put(safewasm_slot_t* slots, const R& result) noexcept { detail::put(slots[0], result); }
  [[nodiscard]] static std::array<Val, 1> values(R result) { return {Val(std::move(result))}; }
};

template <>
struct Results<void> {
  static constexpr bool are_numbers = true;
  static constexpr std::array<ValType, 0> types{};
};

template <class... R>
struct Results<std::tuple<R...>> {
  static constexpr bool are_numbers = (is_number<R> && ...);
  static constexpr std::array<ValType, sizeof...(R)> types{valtype<R>()...};
  using Indices = std::index_sequence_for<R...>;

  [[nodiscard]] static std::tuple<R...> take(const safewasm_slot_t* slots) noexcept {
    return take_each(slots, Indices());
  }
  [[nodiscard]] static std::tuple<R...> take(Val* values) { return take_each(values, Indices()); }

  static void put(safewasm_slot_t* slots, const std::tuple<R...>& results) noexcept {
    std::apply([&](const R&... result) { (detail::put(*slots++, result), ...); }, results);
  }
  [[nodiscard]] static std::array<Val, sizeof...(R)> values(std::tuple<R...> results) {
    return std::apply([](R&... result) { return std::array<Val, sizeof...(R)>{Val(std::move(result))...}; },
                      results);
  }

 private:
  template <std::size_t... I>
  static std::tuple<R...> take_each(const safewasm_slot_t* slots, std::index_sequence<I...>) noexcept {
    return {detail::take<R>(slots[I])...};
  }
  template <std::size_t... I>
  static std::tuple<R...> take_each(Val* values, std::index_sequence<I...>) {
    return {std::move(values[I]).template get<R>()...};
  }
};

// A C++ signature in wasm's terms.
template <class Signature>
struct FuncTraits;

template <class R, class... A>
struct FuncTraits<R(A...)> {
  static constexpr std::array<ValType, sizeof...(A)> params{valtype<A>()...};
  static constexpr auto results = Results<R>::types;
  static constexpr bool are_numbers = (is_number<A> && ...) && Results<R>::are_numbers;
  // How many slots or values a call needs, but never 0, which is no length of an array.
  static constexpr std::size_t slots = std::max(params.size(), results.size());
  static constexpr std::size_t room = std::max<std::size_t>(slots, 1);
};

inline const char* name(ValType type) noexcept {
  switch (type.kind) {
    case ValKind::i32:
      return "i32";
    case ValKind::i64:
      return "i64";
    case ValKind::f32:
      return "f32";
    case ValKind::f64:
      return "f64";
    case ValKind::v128:
      return "v128";
    case ValKind::ref:
      return type.nullable ? "externref" : "(ref extern)";
    case ValKind::func:
      return type.nullable ? "funcref" : "(ref func)";
  }
  return "?";
}

inline std::string text(Span<const ValType> types) {
  std::string text;
  for (const ValType& type : types) text += (text.empty() ? "" : ", ") + std::string(name(type));
  return text;
}

// Whether wasm's types fit these C++ types. A result that may be null doesn't fit a C++ type without null.
inline bool fits(const std::vector<ValType>& types, Span<const ValType> wanted, bool are_results) {
  return std::equal(types.begin(), types.end(), wanted.begin(), wanted.end(), [&](ValType type, ValType cpp) {
    return type.kind == cpp.kind && (!are_results || cpp.nullable || !type.nullable);
  });
}

// Throws unless a function may be called with these C++ types.
inline void check_type(const Func& func, std::string_view what, Span<const ValType> params,
                       Span<const ValType> results) {
  const FuncType type = func.type();
  if (fits(type.params(), params, false) && fits(type.results(), results, true)) return;
  const std::string wanted =
      "(" + text(params) + ") -> " + (results.size() == 1 ? text(results) : "(" + text(results) + ")");
  throw Error(ErrorKind::type_mismatch,
              std::string(what) + " has the type " + type.text() + ", not " + wanted);
}

// A parameter of a typed call: numbers as they are, references borrowed, null where the type allows it.
template <class T>
class NullableArg {
 public:
  NullableArg(std::nullopt_t) noexcept : arg_(std::optional<T>()) {}
  NullableArg(const T& reference) : arg_(reference) {}
  NullableArg(const std::optional<T>& reference) : arg_(reference) {}
  operator const Arg&() const noexcept { return arg_; }

 private:
  Arg arg_;
};

template <class T>
using ArgFor = Arg;

template <class T>
struct Param {
  using type = T;
};
template <>
struct Param<Ref> {
  using type = const Ref&;
};
template <>
struct Param<Func> {
  using type = const Func&;
};
template <class T>
struct Param<std::optional<T>> {
  using type = const NullableArg<T>&;
};

}  // namespace detail

/// A function with its type in C++, such as `TypedFunc<std::int32_t(std::int32_t, double)>`: called like a
/// function of C++. Several results are a `std::tuple`. The C++ types are those of `Func::wrap`.
///
/// A call of numbers and vectors allocates nothing. It throws a `Trap`, a `WasmException`, an `Error`, or the
/// exception that a host function threw. The store can be used after each of these.
template <class R, class... A>
class TypedFunc<R(A...)> {
  using Type = detail::FuncTraits<R(A...)>;
  using Results = detail::Results<R>;

 public:
  /// Calls the function. `const Ref&`, a `std::optional<Ref>` or `std::nullopt` goes where a
  /// `std::optional<Ref>` is in the type; functions likewise.
  R operator()(typename detail::Param<A>::type... args) const {
    if constexpr (Type::are_numbers) {
      safewasm_slot_t slots[Type::room];
      detail::check(call(slots, args...));
      if constexpr (!std::is_void_v<R>) return Results::take(slots);
    } else {
      return try_call(args...).value();
    }
  }

  /// As a call, but returns the error.
  Result<R> try_call(typename detail::Param<A>::type... args) const {
    std::conditional_t<Type::are_numbers, safewasm_slot_t, safewasm_val_t> results[Type::room];
    if (safewasm_error_t* const error = call(results, args...)) return Error::adopt(error);
    if constexpr (std::is_void_v<R>) {
      return {};
    } else if constexpr (Type::are_numbers) {
      return Results::take(results);
    } else {
      return take(results, std::make_index_sequence<Type::results.size()>());
    }
  }

  /// Calls the function once for each element of the columns, at a smaller cost than call by call:
  /// `add.bulk(sums, xs, 10)` sets each `sums[i]` to `add(xs[i], 10)`. A column is anything with `data()` and
  /// `size()`, whose elements are just of the type in C++; an argument may also be a single value. A function
  /// without results takes no column for them.
  ///
  /// The calls are made in order. If one fails, `bulk` throws its error; the results of the earlier calls are
  /// written. No column may lie in a memory that the calls may grow.
  ///
  /// Errors: `invalid_argument` for columns of different sizes; the errors of a call.
  template <class... Columns>
  void bulk(Columns&&... columns) const {
    static_assert(Type::are_numbers && Type::results.size() <= 1,
                  "bulk calls are for functions of numbers and vectors with one result, or none");
    static_assert(sizeof...(Columns) == sizeof...(A) + Type::results.size(),
                  "a bulk call takes a column for the result, if there is one, and one for each argument");
    if constexpr (std::is_void_v<R>) {
      bulk_call({}, columns...);
    } else {
      bulk_into(columns...);
    }
  }

  /// The function without its type.
  [[nodiscard]] const Func& func() const noexcept { return func_; }

 private:
  friend class Caller;
  friend class Func;
  friend class Instance;

  TypedFunc(Func func, std::string_view what) : func_(std::move(func)) {
    detail::check_type(func_, what, Type::params, Type::results);
  }

  [[nodiscard]] safewasm_error_t* call(safewasm_slot_t* slots, A... args) const noexcept {
    [[maybe_unused]] safewasm_slot_t* slot = slots;
    (detail::put(*slot++, args), ...);
    return safewasm_func_call_slots(func_.raw(), slots, Type::slots);
  }

  [[nodiscard]] safewasm_error_t* call(safewasm_val_t* results,
                                       const detail::ArgFor<A>&... args) const noexcept {
    const safewasm_val_t values[] = {args.raw()..., safewasm_val_t()};
    return safewasm_func_call(func_.raw(), values, sizeof...(A), results, Type::results.size());
  }

  template <std::size_t... I>
  [[nodiscard]] static R take(const safewasm_val_t* results, std::index_sequence<I...>) {
    std::array<Val, sizeof...(I)> values{Val::adopt(results[I])...};
    return Results::take(values.data());
  }

  // A column of a bulk call: that of a container, or of one value for all calls, which has no size.
  struct Column {
    safewasm_column_t raw;
    std::optional<std::size_t> size;
  };

  template <class T>
  [[nodiscard]] static Column column(const T& value) noexcept {
    return {{const_cast<T*>(&value), 0}, std::nullopt};
  }
  template <class T>
  [[nodiscard]] static Column column(const Span<const T>& elements) noexcept {
    return {{const_cast<T*>(elements.data()), std::ptrdiff_t{sizeof(T)}}, elements.size()};
  }

  // The elements of a container, or a single value converted to `T`.
  template <class T, class C>
  [[nodiscard]] static auto elements(const C& column) {
    if constexpr (std::is_convertible_v<const C&, Span<const T>>) {
      return Span<const T>(column);
    } else {
      static_assert(std::is_arithmetic_v<C> || std::is_same_v<C, V128>,
                    "a column has data() and size(), and elements that are just of the type in C++");
      return static_cast<T>(column);
    }
  }

  template <class Into, class... Columns>
  void bulk_into(Into&& into, const Columns&... columns) const {
    const Span<R> results(into);
    bulk_call({Column{{results.data(), std::ptrdiff_t{sizeof(R)}}, results.size()}}, columns...);
  }

  template <class... Columns>
  void bulk_call(std::array<Column, Type::results.size()> results, const Columns&... columns) const {
    const auto kept = std::make_tuple(elements<A>(columns)...);
    const auto args = std::apply(
        [](const auto&... each) { return std::array<Column, sizeof...(A)>{column(each)...}; }, kept);
    std::optional<std::size_t> count;
    std::array<safewasm_column_t, Type::room> raw_args, raw_results;
    take_columns(args, raw_args.data(), count);
    take_columns(results, raw_results.data(), count);
    if (!count)
      throw Error(ErrorKind::invalid_argument, "a bulk call needs a column, not single values only");
    detail::check(safewasm_func_call_bulk(func_.raw(), *count, raw_args.data(), args.size(),
                                          raw_results.data(), results.size()));
  }

  template <std::size_t N>
  static void take_columns(const std::array<Column, N>& columns, safewasm_column_t* raw,
                           std::optional<std::size_t>& count) {
    for (const Column& column : columns) {
      if (column.size && count && *count != *column.size) {
        throw Error(ErrorKind::invalid_argument,
                    "the columns of a bulk call have different sizes: " + std::to_string(*count) + " and " +
                        std::to_string(*column.size));
      }
      if (column.size) count = column.size;
      *raw++ = column.raw;
    }
  }

  Func func_;
};

template <class Signature>
TypedFunc<Signature> Func::typed() && {
  return TypedFunc<Signature>(std::move(*this), "the function");
}

template <class Signature>
TypedFunc<Signature> Func::typed() const& {
  return TypedFunc<Signature>(clone(), "the function");
}

inline std::vector<Val> Func::call(Span<const Arg> args) const { return try_call(args).value(); }

inline Result<std::vector<Val>> Func::try_call(Span<const Arg> args) const {
  std::vector<safewasm_val_t> raw_args;
  raw_args.reserve(args.size());
  for (const Arg& arg : args) raw_args.push_back(arg.raw());
  std::vector<safewasm_val_t> raw_results(type().results().size());
  std::vector<Val> results;
  results.reserve(raw_results.size());
  if (safewasm_error_t* const error = safewasm_func_call(raw(), raw_args.data(), raw_args.size(),
                                                         raw_results.data(), raw_results.size())) {
    return Error::adopt(error);
  }
  for (const safewasm_val_t& result : raw_results) results.push_back(Val::adopt(result));
  return results;
}

template <class Signature>
FuncType FuncType::of(const Engine& engine) {
  using Type = detail::FuncTraits<Signature>;
  return FuncType(engine, Type::params, Type::results);
}

inline std::vector<Val> Ref::fields() const {
  std::vector<Val> fields;
  const auto len = detail::get<std::size_t>(safewasm_ref_fields_len, raw());
  for (std::size_t i = 0; i < len; i++) fields.push_back(field(i));
  return fields;
}

inline Val Ref::field(std::size_t index) const {
  return Val::adopt(detail::get<safewasm_val_t>(safewasm_ref_field, raw(), index));
}

inline void Ref::set_field(std::size_t index, const Arg& value) const {
  detail::check(safewasm_ref_set_field(raw(), index, &value.raw()));
}

inline HeapType HeapType::of(const Ref& object) {
  return HeapType(detail::get<safewasm_heaptype_t*>(safewasm_heaptype_of_ref, object.raw()));
}

}  // namespace safewasm

#endif
