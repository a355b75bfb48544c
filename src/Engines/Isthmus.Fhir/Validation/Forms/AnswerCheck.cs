using System.Globalization;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;
using Isthmus.Fhir.Terminology;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Profiles;

namespace Isthmus.Fhir.Validation.Forms;

/// <summary>Checks one answer against its question: type, options, limits.</summary>
internal sealed class AnswerCheck(TerminologySet terminology, FindingLog log)
{
    public void Check(FhirElement answer, FormItem question, int count)
    {
        var value = FormItem.Value(answer);
        if (!value.Exists)
        {
            return;
        }

        var type = Encoding.UTF8.GetString(value.Name[5..]);
        var allowed = TypesOf(question);
        if (allowed.Length > 0 && !allowed.Contains(type))
        {
            log.Add(FormRules.Type, value.Index, string.Join(" or ", allowed));
            return;
        }

        Options(answer, value, type, question, count);
        Limits(value, type, question);
    }

    /// <summary>The types of answer by the type of the question (FHIR R4, questionnaire-answers), as JSON spells them after value.</summary>
    private static string[] TypesOf(FormItem question) => question.Type switch
    {
        "boolean" => ["Boolean"],
        "decimal" => ["Decimal"],
        "integer" => ["Integer"],
        "date" => ["Date"],
        "dateTime" => ["DateTime"],
        "time" => ["Time"],
        "string" or "text" => ["String"],
        "url" => ["Uri"],
        "attachment" => ["Attachment"],
        "reference" => ["Reference"],
        "quantity" => ["Quantity"],
        "choice" => ["Coding", "Date", "Time", "Integer", "String", "Reference"],
        "open-choice" => ["Coding", "Date", "Time", "Integer", "String", "Reference"],
        _ => [],
    };

    private void Options(FhirElement answer, FhirElement value, string type, FormItem question, int count)
    {
        var isOpenText = question.Type == "open-choice" && type == "String";
        if (question.Element["answerOption"u8] is { Exists: true } options)
        {
            var chosen = Chosen(options, value);
            if (chosen.Exists && count > 1 && FormItem.Extension(chosen, "questionnaire-optionExclusive").AsBoolean() == true)
            {
                log.Add(FormRules.Exclusive, answer.Index);
            }

            if (!chosen.Exists && !isOpenText)
            {
                log.Add(FormRules.NotAnOption, value.Index);
            }
        }
        else if (type == "Coding" && question.Element["answerValueSet"u8].AsString() is { } canonical && !canonical.StartsWith('#'))
        {
            ValueSet(answer, value, canonical, question);
        }
    }

    private void ValueSet(FhirElement answer, FhirElement coding, string canonical, FormItem question)
    {
        var found = CodeValidation.OfCoding(terminology, terminology.ValueSet(canonical), coding);
        if (found.Result == Membership.No && question.Type != "open-choice")
        {
            log.Add(FormRules.OutsideValueSet, answer.Index, canonical);
        }
        else if (found.Result == Membership.Yes && found.Display is not null && coding["display"u8].Exists && found.Findings.Count > 0)
        {
            log.Add(FormRules.Display, coding["display"u8].Index);
        }
    }

    private static FhirElement Chosen(FhirElement options, FhirElement value)
    {
        foreach (var option in options)
        {
            var wanted = FormItem.Value(option);
            var same = wanted.Kind == FhirKind.Object && value.Kind == FhirKind.Object
                ? wanted["code"u8].Text.SequenceEqual(value["code"u8].Text) && wanted["system"u8].Text.SequenceEqual(value["system"u8].Text)
                    && wanted["reference"u8].Text.SequenceEqual(value["reference"u8].Text)
                : ValueMatch.Equal(wanted, value);
            if (same)
            {
                return option;
            }
        }

        return default;
    }

    private void Limits(FhirElement value, string type, FormItem question)
    {
        switch (type)
        {
            case "Attachment":
                Attachment(value, question);
                break;
            case "String":
                Text(value, question);
                break;
            case "Decimal" when question.Extension("maxDecimalPlaces").AsInteger() is { } places && DecimalPlaces(value.Text) > places:
                log.Add(FormRules.DecimalPlaces, value.Index, places.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                break;
        }

        var (least, greatest) = type == "Quantity"
            ? (question.Extension("sdc-questionnaire-minQuantity"), question.Extension("sdc-questionnaire-maxQuantity"))
            : (question.Extension("minValue"), question.Extension("maxValue"));
        if (Order(value, least) < 0)
        {
            log.Add(FormRules.BelowMinimum, value.Index, ValueMatch.Shown(least));
        }

        if (Order(value, greatest) > 0)
        {
            log.Add(FormRules.AboveMaximum, value.Index, ValueMatch.Shown(greatest));
        }
    }

    /// <summary>How a value compares with a limit; 0 where there is none, or where they cannot be compared.</summary>
    private static int Order(FhirElement value, FhirElement limit)
    {
        if (!limit.Exists || value.Kind != limit.Kind)
        {
            return 0;
        }

        if (value.Kind == FhirKind.String)
        {
            var both = Math.Min(value.Text.Length, limit.Text.Length);
            return value.Text[..both].SequenceCompareTo(limit.Text[..both]);
        }

        return value.Kind == FhirKind.Object ? ValueLimits.Quantities(value, limit) ?? 0
            : value.AsDecimal() is { } number && limit.AsDecimal() is { } bound ? number.CompareTo(bound)
            : 0;
    }

    private static int DecimalPlaces(ReadOnlySpan<byte> number)
    {
        var dot = number.IndexOf((byte)'.');
        return dot < 0 ? 0 : number[(dot + 1)..].TrimEnd((byte)'0').Length;
    }

    private void Text(FhirElement value, FormItem question)
    {
        var length = Encoding.UTF8.GetCharCount(value.Text);
        if (question.Element["maxLength"u8].AsInteger() is { } most && length > most)
        {
            log.Add(FormRules.TooLong, value.Index, most.ToString(CultureInfo.InvariantCulture));
        }

        if (question.Extension("minLength").AsInteger() is { } fewest && length < fewest)
        {
            log.Add(FormRules.TooShort, value.Index, fewest.ToString(CultureInfo.InvariantCulture));
        }

        if (question.Type == "string" && value.Text.ContainsAny((byte)'\r', (byte)'\n'))
        {
            log.Add(FormRules.LineBreak, value.Index);
        }

        if (question.Extension("regex").AsString() is { } pattern && !Matches(value, pattern))
        {
            log.Add(FormRules.Format, value.Index);
        }
    }

    /// <summary>FHIRPath's matches(), which bounds what a pattern may cost; a pattern that it refuses refuses no answer.</summary>
    private static bool Matches(FhirElement value, string pattern)
    {
        var quoted = pattern.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
        return FhirPath.Compile($"$this.matches('^(?:{quoted})$')").Expression is not { } expression
            || expression.IsTrue(value, "string", value, value, null, out _) != PathTruth.False;
    }

    private void Attachment(FhirElement value, FormItem question)
    {
        var types = FormItem.Extensions(question.Element, "mimeType");
        var given = value["contentType"u8];
        if (types.Count > 0 && given.Exists && !types.Exists(type => given.TextEquals(type.Text)))
        {
            log.Add(FormRules.MimeType, value.Parent.Index, string.Join(", ", types.Select(type => type.AsString())));
        }

        if (question.Extension("maxSize").AsDecimal() is { } most && value["size"u8].AsDecimal() > most)
        {
            log.Add(FormRules.MaxSize, value.Index);
        }
    }
}
