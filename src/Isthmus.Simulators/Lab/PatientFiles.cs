using System.Text;
using System.Text.Json;

namespace Isthmus.Simulators.Lab;

/// <summary>Writes a population for registering it elsewhere: FHIR Patient resources one per line, or CSV.</summary>
public static class PatientFiles
{
    private const string CsvHeader = "mrn,assigner,family,given,middle,suffix,birthDate,sex,street,city,state,postalCode,phone,twinOf";

    /// <param name="identifierSystem">The URI that stands for the patients' assigner in the receiving system.</param>
    public static void WriteFhir(Stream output, IEnumerable<SyntheticPatient> patients, string identifierSystem)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(patients);
        foreach (var patient in patients)
        {
            output.Write(ToFhir(patient, identifierSystem));
            output.WriteByte((byte)'\n');
        }
    }

    /// <summary>One Patient resource as JSON, without an id: the receiver gives it.</summary>
    public static byte[] ToFhir(SyntheticPatient patient, string identifierSystem)
    {
        ArgumentNullException.ThrowIfNull(patient);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            WritePatient(json, patient, identifierSystem);
        }

        return buffer.ToArray();
    }

    public static void WriteCsv(Stream output, IEnumerable<SyntheticPatient> patients)
    {
        ArgumentNullException.ThrowIfNull(patients);
        using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
        text.WriteLine(CsvHeader);
        foreach (var p in patients)
        {
            text.WriteLine(string.Join(',', new[]
            {
                p.Mrn, p.Assigner, p.Family, p.Given, p.Middle, p.Suffix, p.BirthDate, p.Sex.ToString(), p.Street, p.City, p.State,
                p.PostalCode, p.Phone, p.TwinOf?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            }.Select(Quoted)));
        }
    }

    private static void WritePatient(Utf8JsonWriter json, SyntheticPatient patient, string identifierSystem)
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "Patient");

        json.WriteStartArray("identifier");
        json.WriteStartObject();
        json.WriteString("use", "usual");
        json.WriteStartObject("type");
        json.WriteStartArray("coding");
        json.WriteStartObject();
        json.WriteString("system", "http://terminology.hl7.org/CodeSystem/v2-0203");
        json.WriteString("code", "MR");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("system", identifierSystem);
        json.WriteString("value", patient.Mrn);
        json.WriteStartObject("assigner");
        json.WriteString("display", patient.Assigner);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();

        json.WriteStartArray("name");
        json.WriteStartObject();
        json.WriteString("use", "official");
        json.WriteString("family", patient.Family);
        WriteStrings(json, "given", patient.Given, patient.Middle);
        WriteStrings(json, "suffix", patient.Suffix);
        json.WriteEndObject();
        json.WriteEndArray();

        if (patient.Phone is not null)
        {
            json.WriteStartArray("telecom");
            json.WriteStartObject();
            json.WriteString("system", "phone");
            json.WriteString("value", patient.Phone);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteString("gender", patient.Sex switch { 'F' => "female", 'M' => "male", 'O' => "other", _ => "unknown" });
        if (FhirDate(patient.BirthDate) is { } birthDate)
        {
            json.WriteString("birthDate", birthDate);
        }

        WriteAddress(json, patient);
        json.WriteEndObject();
    }

    private static void WriteAddress(Utf8JsonWriter json, SyntheticPatient patient)
    {
        if (patient.Street is null)
        {
            return;
        }

        json.WriteStartArray("address");
        json.WriteStartObject();
        WriteStrings(json, "line", patient.Street);
        foreach (var (name, part) in (ReadOnlySpan<(string, string?)>)[("city", patient.City), ("state", patient.State), ("postalCode", patient.PostalCode)])
        {
            // What is not known is left out: FHIR has no null.
            if (part is not null)
            {
                json.WriteString(name, part);
            }
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, params ReadOnlySpan<string?> values)
    {
        if (values[0] is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            if (value is not null)
            {
                json.WriteStringValue(value);
            }
        }

        json.WriteEndArray();
    }

    private static string? FhirDate(string? birthDate) => birthDate?.Length switch
    {
        4 => birthDate,
        8 => $"{birthDate[..4]}-{birthDate[4..6]}-{birthDate[6..]}",
        _ => null,
    };

    private static string Quoted(string? value) => value is null
        ? string.Empty
        : value.AsSpan().ContainsAny(',', '"') ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
