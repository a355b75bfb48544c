using Isthmus.Fhir.Elements;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// Code, text, coding system and its version into a Coding. Where the map was called with a vocabulary, the vocabulary's coding comes
/// first and the original behind it, if the sender named its system and the element repeats. <c>table-coding</c> always asks the
/// vocabulary; <c>coding</c>, for alternates, only where the code claims no system but an HL7 table.
/// </summary>
internal static class CodingFunction
{
    private static readonly int SystemName = FhirNames.IdOf("system"u8);
    private static readonly int VersionName = FhirNames.IdOf("version"u8);
    private static readonly int CodeName = FhirNames.IdOf("code"u8);
    private static readonly int DisplayName = FhirNames.IdOf("display"u8);

    public static RuleAction Plain(FunctionUse use) => Compile(use, isAlternate: true);

    public static RuleAction Tabled(FunctionUse use) => Compile(use, isAlternate: false);

    private static RuleAction Compile(FunctionUse use, bool isAlternate)
    {
        var (code, text, system, version) = (use.Sources[0], use.Sources[1], use.Sources[2], use.Sources[3]);
        var register = use.Register;
        var terminology = use.Terminology;
        return (run, frame, _) =>
        {
            var codeAt = run.Text.Innermost(code(run, frame));
            var textAt = run.Text.Innermost(text(run, frame));
            if (codeAt.IsEmpty && textAt.IsEmpty)
            {
                return;
            }

            var systemAt = run.Text.Innermost(system(run, frame));
            if (!codeAt.IsEmpty && run.FrameAt(frame).With?.Vocabulary is { } vocabulary
                && (!isAlternate || systemAt.IsEmpty || run.Text.Bytes(systemAt).StartsWith("HL7"u8)))
            {
                if (run.Look(vocabulary, run.Text.Bytes(codeAt)) is { Code.Length: > 0 } coded)
                {
                    WriteTabled(run, frame, register, coded, version(run, frame));
                    if (systemAt.IsEmpty || SameAs(run, coded, codeAt, systemAt, terminology))
                    {
                        return;
                    }
                }
                else if (!isAlternate && !IsStandard(run, systemAt, terminology))
                {
                    run.Find(FindingRules.CodeUnmapped.Rule, codeAt, FindingRules.CodeUnmapped.Message, $"vocabulary/{vocabulary.Name}");
                }
            }

            var coding = run.EnsureAnother(frame, register);
            if (coding < 0)
            {
                return;
            }

            SystemFunctions.WriteCodingSystem(run, coding, SystemName, systemAt, terminology);
            Write(run, coding, VersionName, run.Text.Innermost(version(run, frame)));
            Write(run, coding, CodeName, codeAt);
            Write(run, coding, DisplayName, textAt);
        };
    }

    /// <summary>Whether the code is of a standard that is known by its own name: it has its meaning without a vocabulary of HL7's.</summary>
    private static bool IsStandard(TranslationRun run, Slice system, TerminologySet terminology)
    {
        var name = run.Text.Bytes(system);
        if (name.IsEmpty || name.StartsWith("HL7"u8))
        {
            return false;
        }

        Span<byte> uri = stackalloc byte[SystemFunctions.LongestUri];
        var length = SystemFunctions.CodingSystemUri(terminology, name, run.Context.Source, uri, out var standing);
        return standing == SystemStanding.Listed && !uri[..length].StartsWith("http://terminology.hl7.org/CodeSystem/v2-"u8);
    }

    private static void WriteTabled(TranslationRun run, int frame, int register, Coded coded, Slice version)
    {
        var coding = run.EnsureAnother(frame, register);
        if (coding < 0)
        {
            return;
        }

        if (coded.System.Length > 0)
        {
            run.Builder.String(coding, SystemName, coded.System);
        }

        Write(run, coding, VersionName, run.Text.Innermost(version));
        run.Builder.String(coding, CodeName, coded.Code);
        if (coded.Display.Length > 0)
        {
            run.Builder.String(coding, DisplayName, coded.Display);
        }
    }

    private static bool SameAs(TranslationRun run, Coded coded, Slice code, Slice system, TerminologySet terminology)
    {
        Span<byte> uri = stackalloc byte[SystemFunctions.LongestUri];
        var length = SystemFunctions.CodingSystemUri(run, system, terminology, uri, out _);
        return coded.System.AsSpan().SequenceEqual(uri[..length]) && coded.Code.AsSpan().SequenceEqual(run.Text.Bytes(code));
    }

    private static void Write(TranslationRun run, int element, int name, Slice text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        var length = run.WriteText(text);
        if (length > 0)
        {
            run.Builder.Take(element, name, repeats: false, length);
        }
    }
}
