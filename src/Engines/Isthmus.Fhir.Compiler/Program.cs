using Isthmus.Fhir.Compiler;

// Isthmus.Fhir.Compiler OUTPUT INPUT…: compiles files of FHIR resources or Bundles into one artefact.
if (args.Length < 2)
{
    Console.Error.WriteLine("Usage: Isthmus.Fhir.Compiler OUTPUT INPUT…");
    return 2;
}

var artefact = new ArtefactWriter();
foreach (var input in args[1..])
{
    artefact.Add(File.ReadAllBytes(input));
}

// Several builds may do this at once: whoever is last puts the same bytes in place, and no reader sees half of them.
var unfinished = $"{args[0]}.{Environment.ProcessId}";
using (var output = File.Create(unfinished))
{
    artefact.WriteTo(output);
}

File.Move(unfinished, args[0], overwrite: true);
return 0;
