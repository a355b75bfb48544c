namespace Isthmus.Fhir.Paths;

/// <summary>String manipulation (FHIRPath 2.0.0 section 5.6). Texts of elements are looked at in place.</summary>
internal static class StringFunctions
{
    public static void StartsWith(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Texts(run, input, arguments[0], position, out var text, out var part))
        {
            run.Push(text.StartsWith(part, StringComparison.Ordinal));
        }
    }

    public static void EndsWith(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Texts(run, input, arguments[0], position, out var text, out var part))
        {
            run.Push(text.EndsWith(part, StringComparison.Ordinal));
        }
    }

    public static void Contains(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Texts(run, input, arguments[0], position, out var text, out var part))
        {
            run.Push(text.Contains(part, StringComparison.Ordinal));
        }
    }

    public static void IndexOf(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Texts(run, input, arguments[0], position, out var text, out var part))
        {
            run.Push(new FhirPathValue((long)text.IndexOf(part, StringComparison.Ordinal)));
        }
    }

    public static void LastIndexOf(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Texts(run, input, arguments[0], position, out var text, out var part))
        {
            run.Push(new FhirPathValue((long)text.LastIndexOf(part, StringComparison.Ordinal)));
        }
    }

    public static void Substring(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (!Text(run, input, position, out var text) || !Whole(run, arguments[0], position, out var start))
        {
            return;
        }

        var length = (long)text.Length;
        if (arguments.Length > 1 && !Whole(run, arguments[1], position, out length))
        {
            return;
        }

        if (start >= 0 && start < text.Length)
        {
            run.Push(text.Slice((int)start, (int)Math.Clamp(length, 0, text.Length - start)).ToString());
        }
    }

    public static void Upper(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Text(run, input, position, out var text))
        {
            run.Push(text.ToString().ToUpperInvariant());
        }
    }

    public static void Lower(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Text(run, input, position, out var text))
        {
            run.Push(text.ToString().ToLowerInvariant());
        }
    }

    public static void Trim(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Text(run, input, position, out var text))
        {
            run.Push(text.Trim().ToString());
        }
    }

    public static void Length(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Text(run, input, position, out var text))
        {
            run.Push(new FhirPathValue((long)text.Length));
        }
    }

    /// <summary>An empty pattern stands between all characters (section 5.6.8).</summary>
    public static void Replace(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (!Texts(run, input, arguments[0], position, out var text, out var pattern))
        {
            return;
        }

        var parts = pattern.ToString();
        var whole = text.ToString();
        if (!Text(run, arguments[1], position, out var substitution))
        {
            return;
        }

        var by = substitution.ToString();
        var pieces = parts.Length == 0 ? whole.Length + 1L : (whole.Length / parts.Length) + 1L;
        if (whole.Length + (pieces * by.Length) > run.Context.Limits.MaxText)
        {
            run.Fail(PathRules.TextLength, position);
            return;
        }

        run.Push(parts.Length == 0
            ? by + string.Concat(whole.Select(character => character + by))
            : whole.Replace(parts, by, StringComparison.Ordinal));
    }

    public static void ToChars(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Text(run, input, position, out var text))
        {
            foreach (var character in text.ToString())
            {
                run.Push(character.ToString());
            }
        }
    }

    public static void Split(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Texts(run, input, arguments[0], position, out var text, out var separator))
        {
            foreach (var part in text.ToString().Split(separator.ToString()))
            {
                run.Push(part);
            }
        }
    }

    /// <summary>All texts of a collection as one, with a separator between them.</summary>
    public static void Join(PathRun run, int from, int middle, int position)
    {
        var separator = "";
        if (run.Count > middle && !(run.Single(middle, position, out var given) && (separator = given.AsString()) is not null))
        {
            run.Count = from;
            return;
        }

        var parts = new List<string>(middle - from);
        var length = 0L;
        for (var i = from; i < middle; i++)
        {
            if (run.Stack[i].Kind == PathKind.ElementWithoutValue)
            {
                continue;
            }

            if (!Text(run, run.Stack[i], position, out var part))
            {
                return;
            }

            parts.Add(part.ToString());
            length += part.Length + separator!.Length;
        }

        run.Count = from;
        if (length > run.Context.Limits.MaxText)
        {
            run.Fail(PathRules.TextLength, position);
        }
        else if (middle > from)
        {
            run.Push(string.Join(separator, parts));
        }
    }

    /// <summary>The text of a value; a fault if it has none.</summary>
    public static bool Text(PathRun run, in FhirPathValue value, int position, out ReadOnlySpan<char> text)
    {
        if (run.Text(value, second: false, out text))
        {
            return run.Spend(text.Length / 64, position);
        }

        if (value.Kind != PathKind.ElementWithoutValue)
        {
            run.Fail(PathRules.Operand, position);
        }

        return false;
    }

    public static bool Texts(PathRun run, in FhirPathValue input, in FhirPathValue argument, int position, out ReadOnlySpan<char> text, out ReadOnlySpan<char> part)
    {
        part = default;
        if (!Text(run, input, position, out text))
        {
            return false;
        }

        if (!run.Text(argument, second: true, out part))
        {
            run.Fail(PathRules.Argument, position);
        }

        return !run.Failed;
    }

    public static bool Whole(PathRun run, in FhirPathValue argument, int position, out long number)
    {
        var value = PathSystem.Of(argument);
        number = value.Whole;
        if (value.Kind != PathKind.Integer)
        {
            run.Fail(PathRules.Argument, position);
        }

        return !run.Failed;
    }
}
