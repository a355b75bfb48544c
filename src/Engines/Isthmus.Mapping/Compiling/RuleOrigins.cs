using Isthmus.Mapping.Functions;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>What a rule says of itself, kept for explanations.</summary>
internal static class RuleOrigins
{
    public static RuleOrigin Of(MapScope scope, RuleText rule, TargetPath path, Source[] sources) => new(
        rule.Place.ToString(),
        rule.Row,
        rule.Note,
        Conversion(scope, rule, path),
        rule.When,
        [.. sources, .. InTemplate(rule.Text ?? string.Empty).Select(source => scope.Read(rule.Place, source)).OfType<Source>()],
        [.. InCondition(rule.When ?? string.Empty).Concat(path.Steps.Select(step => step.Key)).Append(rule.Each).Append(rule.Unit).OfType<string>()
            .Select(source => scope.Read(rule.Place, source)).OfType<Source>()]);

    /// <summary>The sources among a condition's words.</summary>
    private static IEnumerable<string> InCondition(string condition) =>
        condition.Split([' ', '(', ')', ',', '=', '!', '<', '>'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => SourcePath.Parse(word) is { IsWhole: false } path && SourceCheck.Fault(path) is null);

    private static string Conversion(MapScope scope, RuleText rule, TargetPath path) =>
        rule.Map is not null ? $"map {rule.Map}"
        : rule.Create is not null ? $"create {rule.Create}"
        : rule.Refer is not null ? $"refer {rule.Refer}"
        : rule.Code is not null ? $"code {rule.Code}"
        : rule.Value is not null ? "constant"
        : rule.Text is not null ? "text of several"
        : rule.As ?? FunctionCatalogue.Default(scope.TypeAt(path) ?? string.Empty).Name;

    /// <summary>The sources in a text's braces.</summary>
    private static IEnumerable<string> InTemplate(string template) =>
        template.Split('{').Skip(1).Where(piece => piece.Contains('}', StringComparison.Ordinal)).Select(piece => piece[..piece.IndexOf('}', StringComparison.Ordinal)]);
}
