; The installer for Windows, of the folder that PyInstaller has made: for one user, without administrator rights.
;     iscc /DVersion=1.0.0 packaging\pyinstaller\windows\vbot-admin.iss

#ifndef Version
  #error Give the version: iscc /DVersion=1.0.0
#endif
#define Checkout "..\..\.."

[Setup]
; The mark by which Windows knows that a newer version takes the place of this one: never to be changed.
AppId={{6E0B0E5C-7C0F-4B57-9E0C-6B1C4D8A52F1}
AppName=vBot Administration
AppVersion={#Version}
AppPublisher=vBot
DefaultDirName={autopf}\vBot Administration
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; Qt's own.
MinVersion=10.0.17763
LicenseFile={#Checkout}\LICENSE
SetupIconFile={#Checkout}\build\vbot-admin\vbot-admin.ico
UninstallDisplayIcon={app}\vbot-admin.exe
UninstallDisplayName=vBot Administration
OutputDir={#Checkout}\dist
OutputBaseFilename=vbot-admin-{#Version}-setup
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
; A program that still runs is closed first: its files cannot be replaced while it does.
CloseApplications=yes

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"
Name: "german"; MessagesFile: "compiler:Languages\German.isl"

[CustomMessages]
english.StartNow=Start vBot Administration
german.StartNow=vBot Administration starten

[InstallDelete]
; What an older version has left of libraries would be loaded by the newer one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Checkout}\dist\vbot-admin\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
Name: "{autoprograms}\vBot Administration"; Filename: "{app}\vbot-admin.exe"

[Run]
Filename: "{app}\vbot-admin.exe"; Description: "{cm:StartNow}"; Flags: nowait postinstall skipifsilent
