using Isthmus.Fhir.Elements;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>Codes that FHIR binds: they come from a table or not at all.</summary>
internal static class CodeFunctions
{
    /// <summary>ID of table 0136: Y and N.</summary>
    public static RuleAction Boolean(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, value) =>
        {
            var slice = run.Text.Innermost(value);
            var text = run.Text.Bytes(slice);
            if (text is not ([(byte)'Y'] or [(byte)'N']))
            {
                run.Find(FindingRules.BooleanInvalid.Rule, slice, FindingRules.BooleanInvalid.Message);
                return;
            }

            var at = target;
            var parent = run.Place(frame, ref at);
            if (parent >= 0)
            {
                run.Builder.Boolean(parent, at.Name, text[0] == 'Y');
            }
        };
    }

    /// <summary>A code through a vocabulary; a code the vocabulary lacks makes a finding and no element.</summary>
    public static RuleAction Mapped(Target target, CodeTable vocabulary) => (run, frame, value) =>
    {
        var slice = run.Text.Innermost(value);
        if (slice.IsEmpty)
        {
            return;
        }

        if (run.Look(vocabulary, run.Text.Bytes(slice)) is not { Code.Length: > 0 } coded)
        {
            run.Find(FindingRules.CodeLeft.Rule, slice, FindingRules.CodeLeft.Message, $"vocabulary/{vocabulary.Name}");
            return;
        }

        Constant(run, frame, target, coded.Code);
    };

    /// <summary>A text fixed in the map or a table.</summary>
    public static void Constant(TranslationRun run, int frame, Target target, byte[] text)
    {
        var parent = run.Place(frame, ref target);
        if (parent < 0)
        {
            return;
        }

        if (target.Type == "boolean")
        {
            run.Builder.Boolean(parent, target.Name, text is [(byte)'t', ..]);
            return;
        }

        text.CopyTo(run.Builder.Room(text.Length));
        run.Builder.Take(parent, target.Name, target.Repeats, text.Length, target.Type is "decimal" or "integer" or "positiveInt" or "unsignedInt" ? FhirKind.Number : FhirKind.String);
    }
}
