namespace Isthmus.Fhir.Paths;

/// <summary>
/// Why an expression was refused, or its evaluation given up: a stable rule id, the offset in the expression's text
/// (in characters, from 0), and one sentence. Never a value of the resource.
/// </summary>
public sealed record PathFault(string Rule, int Position, string Message)
{
    internal static PathFault Of(PathRule rule, int position) => new(rule.Rule, position, rule.Message);
}
