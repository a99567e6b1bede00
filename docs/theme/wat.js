// Highlights the text format of WebAssembly, which mdBook's highlighter doesn't know.
(function () {
    hljs.registerLanguage("wat", function (hljs) {
        return {
            name: "WebAssembly text",
            keywords: {
                $pattern: /[\w.]+/,
                keyword: "module func param result local global memory table elem data type tag import export start " +
                    "mut offset item declare rec sub final struct array field then else if block loop end try_table " +
                    "catch catch_ref catch_all catch_all_ref shared",
                type: "i32 i64 f32 f64 v128 funcref externref anyref eqref i31ref structref arrayref exnref ref extern " +
                    "any eq i31 exn none nofunc noextern null",
            },
            contains: [
                hljs.COMMENT(/;;/, /$/),
                hljs.COMMENT(/\(;/, /;\)/),
                hljs.QUOTE_STRING_MODE,
                { className: "variable", begin: /\$[\w.!#$%&'*+\-\/:<=>?@\\^`|~]+/ },
                { className: "built_in", begin: /\b(?:[if](?:32|64)|v128|[if]\d+x\d+|local|global|memory|table|ref|struct|array|i31|any|extern)\.[\w.]+/ },
                { className: "built_in", begin: /\b(?:call|call_indirect|call_ref|return_call|return|br|br_if|br_table|drop|select|unreachable|nop|throw|throw_ref)\b/ },
                { className: "number", begin: /[+-]?\b(?:0x[\da-f_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[+-]?\d+)?|nan|inf)\b/i },
            ],
        };
    });
    document.querySelectorAll("code.wat").forEach(function (block) {
        block.classList.remove("language-text");
        block.classList.add("language-wat");
        hljs.highlightBlock(block);
    });
})();
