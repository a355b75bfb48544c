using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Schema;

namespace Isthmus.Fhir.Search;

/// <summary>
/// One side of a union that a parameter's expression is, as it concerns one resource type. Parameters for many types list a
/// path for each of them; only those that begin with the type at hand, or with one that all resources are, are evaluated.
/// </summary>
/// <param name="Text">The expression, without a closing <c>.where(resolve() is Type)</c>.</param>
/// <param name="Target">The type that was asked for there: told from the reference itself, as nothing is fetched to index a resource.</param>
/// <param name="FirstNames">The properties one of which the resource must have for the expression to give anything; empty if that cannot be told.</param>
internal sealed record SearchBranch(string Text, string? Target, int[] FirstNames)
{
    private const string TargetTest = ".where(resolve() is ";

    public static IEnumerable<SearchBranch> Of(string expression, string type)
    {
        foreach (var branch in Split(expression))
        {
            var path = branch.TrimStart('(', ' ');
            var root = Word(path);
            if (root != type && root is not ("Resource" or "DomainResource") && FhirSchema.R4.Type(root) is { IsResource: true })
            {
                continue;
            }

            var test = branch.EndsWith(')') ? branch.LastIndexOf(TargetTest, StringComparison.Ordinal) : -1;
            var target = test < 0 ? null : branch[(test + TargetTest.Length)..^1].Trim();
            var rest = path.Length > root.Length && path[root.Length] == '.' ? path[(root.Length + 1)..] : "";
            var isType = root == type || root is "Resource" or "DomainResource";
            yield return new SearchBranch(test < 0 ? branch : branch[..test], target, isType && rest.Length > 0 ? NamesOf(type, rest) : []);
        }
    }

    /// <summary>The properties one of which an element of a type must have for a relative expression to give anything; empty if that cannot be told.</summary>
    public static int[] NamesIn(string expression, string type)
    {
        var names = Split(expression).Select(side => NamesOf(type, side.TrimStart('(', ' '))).ToArray();
        return Array.Exists(names, side => side.Length == 0) ? [] : [.. names.SelectMany(side => side)];
    }

    /// <summary>The sides of the union at the top of an expression.</summary>
    private static IEnumerable<string> Split(string expression)
    {
        var depth = 0;
        var quoted = false;
        var start = 0;
        for (var i = 0; i < expression.Length; i++)
        {
            quoted ^= expression[i] == '\'';
            depth += quoted ? 0 : expression[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (expression[i] == '|' && depth == 0 && !quoted)
            {
                yield return expression[start..i].Trim();
                start = i + 1;
            }
        }

        yield return expression[start..].Trim();
    }

    private static string Word(string text)
    {
        var length = 0;
        while (length < text.Length && char.IsAsciiLetterOrDigit(text[length]))
        {
            length++;
        }

        return text[..length];
    }

    /// <summary>The JSON properties that a path begins with: an element, or a choice's, of which <c>ofType</c> leaves one. None if the type has no such element.</summary>
    private static int[] NamesOf(string type, string path)
    {
        const string OfType = ".ofType(";
        var name = Word(path);
        var chosen = path.AsSpan(name.Length).StartsWith(OfType, StringComparison.Ordinal) ? Word(path[(name.Length + OfType.Length)..]) : null;
        var names = new List<int>();
        for (var declaring = FhirSchema.R4.Type(type); declaring is not null; declaring = FhirSchema.R4.Type(declaring.BaseName))
        {
            names.AddRange(declaring.OwnElements
                .Where(element => element.Name == name || (element.Choice == name && (chosen is null || element.Type.Equals(chosen, StringComparison.OrdinalIgnoreCase))))
                .Select(element => FhirNames.IdOf(element.Name)));
        }

        return [.. names];
    }
}
