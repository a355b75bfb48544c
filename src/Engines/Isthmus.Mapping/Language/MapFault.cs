namespace Isthmus.Mapping.Language;

/// <summary>A fault in a map or terminology file: where, which rule of the language, and what to do about it.</summary>
/// <param name="Line">Line in the file, from 1; 0 where the fault is in the whole file.</param>
public sealed record MapFault(string Path, int Line, string Rule, string Message)
{
    public override string ToString() => $"{Path}({Line}): {Rule}: {Message}";
}

/// <summary>Rule ids of load-time faults.</summary>
public static class MapRules
{
    public const string Yaml = "map.yaml";
    public const string UnknownKey = "map.key-unknown";
    public const string MissingKey = "map.key-missing";
    public const string DuplicateName = "map.name-duplicate";
    public const string Source = "map.source-syntax";
    public const string SourceUnknown = "map.source-unknown";
    public const string SourceForeign = "map.source-foreign";
    public const string Target = "map.target-unknown";
    public const string TargetKind = "map.target-kind";
    public const string DuplicateTarget = "map.target-duplicate";
    public const string Condition = "map.condition-syntax";
    public const string Impossible = "map.condition-impossible";
    public const string Unreachable = "map.rule-unreachable";
    public const string Binding = "map.code-not-in-binding";
    public const string Constant = "map.constant-invalid";
    public const string Profile = "map.profile";
    public const string Function = "map.function-unknown";
    public const string Conversion = "map.conversion-ambiguous";
    public const string MapReference = "map.map-unknown";
    public const string Circle = "map.circle";
    public const string Vocabulary = "map.vocabulary-unknown";
    public const string Type = "map.type-unknown";
    public const string Group = "map.group-unknown";
    public const string Feed = "map.feed";
    public const string Part = "map.part-unknown";
    public const string PartIdle = "map.part-idle";
    public const string Parent = "map.parent-unknown";
    public const string Drop = "map.drop-unknown";
    public const string Resource = "map.resource-unknown";
    public const string Template = "map.template-syntax";
    public const string Terminology = "terminology.file";
    public const string Version = "map.version-missing";
    public const string Expression = "map.expression";
    public const string Ambiguous = "map.vocabulary-ambiguous";
}
