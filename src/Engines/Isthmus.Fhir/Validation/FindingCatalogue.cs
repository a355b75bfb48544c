using System.Reflection;
using System.Text;
using Isthmus.Fhir.Paths;
using Isthmus.Fhir.Terminology;
using Isthmus.Fhir.Units;
using Isthmus.Fhir.Validation.Findings;

namespace Isthmus.Fhir.Validation;

/// <summary>Every rule of the engine that a finding can name, for documentation and for tools that explain findings.</summary>
public static class FindingCatalogue
{
    private static readonly Type[] Rules =
    [
        typeof(StructureRules), typeof(ValueRules), typeof(ProfileRules), typeof(ExtensionRules), typeof(BindingRules), typeof(InvariantRules),
        typeof(ReferenceRules), typeof(UriRules), typeof(BundleFindings), typeof(NarrativeRules), typeof(AttachmentRules), typeof(FormRules), typeof(ValueSetFindings), typeof(LimitRules),
    ];

    /// <summary>All rules, sorted by id.</summary>
    public static IReadOnlyList<FindingRule> All { get; } =
    [
        .. Rules.SelectMany(Of<FindingRule>)
            .Concat(ReaderRules.All).Concat(PackageFindings.All)
            .Concat(Of<PathRule>(typeof(PathRules)).Select(rule => new FindingRule(rule.Rule, FindingSeverity.Error, "invalid", rule.Message, rule.Example, rule.Remedy)))
            .Concat(Of<TerminologyRule>(typeof(TerminologyRules)).Select(rule => new FindingRule(rule.Id, FindingSeverity.Warning, "not-found", rule.Message, rule.Example, rule.Remedy)))
            .Concat(Of<UcumRule>(typeof(UcumRules)).Select(rule => new FindingRule(rule.Id, FindingSeverity.Error, "invalid", rule.Message, rule.Example, rule.Remedy)))
            .OrderBy(rule => rule.Id, StringComparer.Ordinal),
    ];

    /// <summary>The catalogue as a Markdown page, grouped by the second part of the ids.</summary>
    public static string ToMarkdown()
    {
        var page = new StringBuilder();
        page.Append("# Findings of the FHIR engine\n\n");
        page.Append("Each finding names a rule by a stable id, which OperationOutcome carries in `issue.details`. Errors (and what is fatal) make a resource invalid;\n");
        page.Append("warnings and information do not. Sentences hold no value of the resource; {0} and so on stand for names of the definitions.\n\n");
        page.Append("This page is generated from the engine; a test keeps it complete.\n");
        foreach (var group in All.GroupBy(rule => string.Join('.', rule.Id.Split('.')[..^1])))
        {
            page.Append("\n## ").Append(group.Key).Append("\n\n| rule | severity | what it says | example | remedy |\n|---|---|---|---|---|\n");
            foreach (var rule in group)
            {
                page.Append("| `").Append(rule.Id).Append("` | ").Append(rule.Severity.ToString().ToLowerInvariant())
                    .Append(" | ").Append(Cell(rule.Sentence)).Append(" | ").Append(Cell(rule.Example)).Append(" | ").Append(Cell(rule.Remedy)).Append(" |\n");
            }
        }

        return page.ToString();
    }

    private static IEnumerable<T> Of<T>(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<T>();

    private static string Cell(string text)
    {
        var isCode = text.StartsWith("{\"", StringComparison.Ordinal) || text.StartsWith("[\"", StringComparison.Ordinal);
        var plain = text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", isCode ? "<" : "&lt;", StringComparison.Ordinal);
        return isCode ? $"`{plain}`" : plain;
    }
}
