using System.Globalization;
using System.Text.Json;

namespace Isthmus.Simulators.Lab;

/// <summary>Writes what the patients of a population decided about sharing with a registry: FHIR Consent, one per line.</summary>
public static class ConsentFiles
{
    private static readonly DateTimeOffset DecidedAt = new(2025, 11, 3, 9, 0, 0, TimeSpan.FromHours(-5));

    /// <summary>Patients whom nobody asked have no line.</summary>
    /// <param name="identifierSystem">As in <see cref="PatientFiles.WriteFhir"/>.</param>
    /// <param name="recipient">Who may or may not receive, such as <c>Organization/renal-registry</c>.</param>
    public static void WriteFhir(Stream output, IEnumerable<SyntheticPatient> patients, string identifierSystem, string recipient)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(patients);
        foreach (var patient in patients)
        {
            if (patient.SharesWithRegistry is { } shares)
            {
                using (var json = new Utf8JsonWriter(output))
                {
                    Write(json, patient, identifierSystem, recipient, shares);
                }

                output.WriteByte((byte)'\n');
            }
        }
    }

    private static void Write(Utf8JsonWriter json, SyntheticPatient patient, string identifierSystem, string recipient, bool shares)
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "Consent");
        json.WriteString("id", string.Create(CultureInfo.InvariantCulture, $"registry-{patient.Mrn}"));
        json.WriteString("status", "active");
        json.WriteStartObject("scope");
        WriteCoding(json, "http://terminology.hl7.org/CodeSystem/consentscope", "research");
        json.WriteEndObject();
        json.WriteStartArray("category");
        json.WriteStartObject();
        WriteCoding(json, "http://loinc.org", "59284-0");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("patient");
        json.WriteStartObject("identifier");
        json.WriteString("system", identifierSystem);
        json.WriteString("value", patient.Mrn);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("dateTime", DecidedAt.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture));
        json.WriteStartObject("policyRule");
        WriteCoding(json, "http://terminology.hl7.org/CodeSystem/v3-ActCode", shares ? "OPTIN" : "OPTOUT");
        json.WriteEndObject();
        WriteProvision(json, recipient, shares);
        json.WriteEndObject();
    }

    private static void WriteProvision(Utf8JsonWriter json, string recipient, bool shares)
    {
        json.WriteStartObject("provision");
        json.WriteString("type", shares ? "permit" : "deny");
        json.WriteStartObject("period");
        json.WriteString("start", DecidedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        if (shares)
        {
            json.WriteString("end", DecidedAt.AddYears(10).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();
        json.WriteStartArray("actor");
        json.WriteStartObject();
        json.WriteStartObject("role");
        WriteCoding(json, "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP");
        json.WriteEndObject();
        json.WriteStartObject("reference");
        json.WriteString("reference", recipient);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("purpose");
        json.WriteStartObject();
        json.WriteString("system", "http://terminology.hl7.org/CodeSystem/v3-ActReason");
        json.WriteString("code", "HRESCH");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCoding(Utf8JsonWriter json, string system, string code)
    {
        json.WriteStartArray("coding");
        json.WriteStartObject();
        json.WriteString("system", system);
        json.WriteString("code", code);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
