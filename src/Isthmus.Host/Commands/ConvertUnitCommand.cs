using System.CommandLine;
using System.Globalization;
using Isthmus.Fhir.Units;
using Isthmus.Host.Terminal;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus terminology convert-unit</c>: a quantity in another UCUM unit, by molar mass where an analyte is named.</summary>
internal static class ConvertUnitCommand
{
    public static Command Create()
    {
        var value = new Argument<decimal>("VALUE");
        var from = new Argument<string>("FROM") { Description = "The value's unit, a UCUM code." };
        var to = new Argument<string>("TO") { Description = "The unit wanted." };
        var analyte = new Option<string?>("--of") { Description = "What was measured: a LOINC code, or a substance of the table of molar masses (glucose)." };
        var json = Options.Json();
        var command = new Command("convert-unit", "Convert a quantity between UCUM units, exactly.") { value, from, to, analyte, json };
        command.SetAction(parse => Run(parse.GetValue(value), parse.GetRequiredValue(from), parse.GetRequiredValue(to), parse.GetValue(analyte), parse.GetValue(json)));
        return command;
    }

    private static int Run(decimal value, string from, string to, string? analyte, bool json)
    {
        if (Unit(from) is not { } one || Unit(to) is not { } two)
        {
            return 1;
        }

        var substance = analyte is null ? null : MolarMasses.Table.Find(analyte);
        if (analyte is not null && substance is null)
        {
            Complaint.Print($"units.analyte-unknown: The table of molar masses {MolarMasses.Table.Version} has no such LOINC code or substance.");
            return 1;
        }

        if (!(substance is null ? Ucum.TryConvert(value, one, two, out var result) : MolarMasses.TryConvert(value, one, two, substance, out result)))
        {
            Complaint.Print(one.IsCommensurableWith(two) || substance is not null
                ? "units.not-convertible: The value cannot be given in that unit."
                : $"units.not-commensurable: {one.CanonicalCode} and {two.CanonicalCode} measure different things; name the analyte with --of if molar mass relates them.");
            return 1;
        }

        if (json)
        {
            Output.Json(new { value, from, result, to, substance = substance?.Name, gramsPerMole = substance?.GramsPerMole, molarMasses = substance is null ? null : MolarMasses.Table.Version });
        }
        else
        {
            Output.People.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value} {from} = {result} {to}"));
        }

        return 0;
    }

    private static UcumUnit? Unit(string code)
    {
        var (unit, fault) = UcumUnit.Read(code);
        if (fault is not null)
        {
            Complaint.Print($"{fault.Rule}: {fault.Message} ({code}, at character {fault.Offset + 1})");
        }

        return unit;
    }
}
