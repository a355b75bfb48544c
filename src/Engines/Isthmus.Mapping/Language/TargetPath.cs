namespace Isthmus.Mapping.Language;

/// <summary>
/// Where a value goes, step by step: <c>name[1].given[2]</c>, <c>extension[http://…].valueString</c>, <c>$this</c>, <c>$value</c>.
/// The bracket is a label, not a position: the same label within one map is the same element.
/// </summary>
internal sealed record TargetPath(IReadOnlyList<TargetStep> Steps, bool IsValue)
{
    public static TargetPath? Parse(string text)
    {
        if (text is "$this" or "$value")
        {
            return new TargetPath([], text == "$value");
        }

        var steps = new List<TargetStep>();
        var at = 0;
        while (at < text.Length)
        {
            var end = at;
            while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
            {
                end++;
            }

            if (end == at)
            {
                return null;
            }

            var name = text[at..end];
            string? label = null;
            if (end < text.Length && text[end] == '[')
            {
                var close = text.IndexOf(']', end);
                if (close < 0)
                {
                    return null;
                }

                label = text[(end + 1)..close];
                end = close + 1;
            }

            steps.Add(new TargetStep(name, label));
            if (end < text.Length && (text[end] != '.' || end + 1 == text.Length))
            {
                return null;
            }

            at = end + 1;
        }

        return steps.Count == 0 ? null : new TargetPath(steps, false);
    }
}

/// <summary>One step; the label of an extension may be its URL, which is then written with it.</summary>
internal sealed record TargetStep(string Name, string? Label)
{
    /// <summary>The source that tells repetitions apart, where the label is one in braces: <c>education[{OBX-4.1}]</c>.</summary>
    public string? Key => Label is ['{', .., '}'] ? Label[1..^1] : null;

    public string? Url => Name is "extension" or "modifierExtension" && Label is not null && (Label.Contains(':', StringComparison.Ordinal) || Label.StartsWith('=')) ? Label.TrimStart('=') : null;
}
